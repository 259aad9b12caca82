import type { Candidate } from "./candidates/candidate.ts";
import { printedBytes } from "./printed-bytes.ts";
import { productWords } from "./product-words.ts";
import type { OomMessage } from "./read-oom.ts";
import { momentWords } from "./moment-words.ts";

/**
 * "The closest there is an optimizer state of lm_head in fp32 with 1.96 GiB (4 B × ... B)."; null where the text names no moment, or a figure that says
 * nothing.
 */
export const closestWords = (closest: Candidate | null, { moment, request }: OomMessage): string | null => {
  if (request.isVague || momentWords(moment) === null) return null;
  if (closest === null) return "Headroom knows no tensor of this scenario at that moment.";
  const { name, bytes } = closest;
  return `The closest at that moment is ${name} with ${printedBytes({ low: bytes, high: bytes })} (${productWords(closest)}).`;
};
