import { momentWords } from "./moment-words.ts";
import type { OomMessage } from "./read-oom.ts";

/** "No tensor of this scenario has 3.91 GiB in the optimizer’s step." */
export const noneTitle = ({ moment, shown: { request } }: Pick<OomMessage, "moment" | "shown">): string => {
  const when = momentWords(moment);
  return `No tensor of this scenario has ${request}${when === null ? "" : ` ${when}`}.`;
};
