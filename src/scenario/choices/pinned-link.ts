import type { Choices } from "#scenario/keys/choices.ts";
import type { Texts } from "#scenario/keys/codec/keyed-codec.ts";
import { PINNED_KEYS } from "#scenario/keys/pinned-keys.ts";
import { encodeText, LINK_KEYS, linkTexts } from "./url.ts";

/** What belongs to the page, not to one of its scenarios. */
export const OF_THE_PAGE: readonly string[] = ["v", "embed", "theme", "only", "hide", "lock", ...PINNED_KEYS];

/** The keys of one scenario. */
export const SCENARIO_KEYS = LINK_KEYS.filter((key) => !OF_THE_PAGE.includes(key));

const encodeOne = (pinned: Choices, base: Texts): string => {
  const texts = linkTexts(pinned);
  const differing = SCENARIO_KEYS.filter((key) => texts[key] !== base[key]);
  return differing.map((key) => `${key}:${encodeText(texts[key] ?? "")}`).join(";");
};

/**
 * The part of a link that holds further scenarios, each as what differs from the first: `&b=seq:4096;gpu:h100-sxm&c=method:qlora`. Empty where there are
 * none. `key:` alone takes a value of the first away. A `;` ends no value: every codec writes letters, digits and `.,:*~-`.
 */
export const encodePinned = (choices: Choices, pinned: readonly Choices[]): string => {
  const base = linkTexts(choices);
  return pinned.map((one, index) => `&${PINNED_KEYS[index]}=${encodeOne(one, base)}`).join("");
};
