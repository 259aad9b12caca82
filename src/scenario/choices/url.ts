import type { Choices, LinkKey } from "#scenario/keys/choices.ts";
import type { Texts } from "#scenario/keys/codec/keyed-codec.ts";
import { DEFAULT_CHOICES } from "#scenario/keys/defaults.ts";
import { FIELDS } from "#scenario/keys/fields.ts";
import { LINK_VERSION } from "./link-version.ts";

/** Every key that a link can have, in canonical order. */
export const LINK_KEYS: readonly LinkKey[] = ["v", ...FIELDS.flatMap(({ keys }) => keys)];

/** True if links have such a key. */
export const isLinkKey = (key: string): key is LinkKey => LINK_KEYS.some((each) => each === key);

/** The value of every key that has one, defaults included, as a link spells it. A name that is not known stays as it was asked for. */
export const linkTexts = (choices: Choices): Texts =>
  Object.assign({ v: LINK_VERSION }, ...FIELDS.map(({ encode }) => encode(choices)), choices.unknown) as Texts;

/** Percent-encodes what would end or change a value; commas stay, so that lists stay readable. */
export const encodeText = (text: string): string =>
  encodeURIComponent(text).replaceAll("%2C", ",").replaceAll("%3A", ":");

const DEFAULT_TEXTS = linkTexts(DEFAULT_CHOICES);

/**
 * The link to these choices, from its `?` on: `v` first, then the other keys in canonical order, defaults left out. The same choices always give the
 * same link.
 */
export const encodeLink = (choices: Choices): string => {
  const texts = linkTexts(choices);
  const written = LINK_KEYS.filter(
    (key) => key === "v" || (texts[key] !== undefined && texts[key] !== DEFAULT_TEXTS[key]),
  );
  return `?${written.map((key) => `${key}=${encodeText(texts[key] ?? "")}`).join("&")}`;
};
