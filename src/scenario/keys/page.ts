import { flag, key, type Keys, oneOf, special } from "./key.ts";

const panels = key(special("panels"), [], { otherwise: "none is used" });

/** Keys of the page around a scenario. */
export const PAGE = {
  embed: key(flag, false),
  theme: key(oneOf(["light", "dark", "auto"]), "auto"),
  only: panels,
  hide: panels,
  /** The keys whose controls are locked. */
  lock: key(special("lock"), [], { otherwise: "none is used" }),
} satisfies Keys;
