import type { Texts } from "#scenario/keys/codec/keyed-codec.ts";
import type { Choices, LinkKey } from "#scenario/keys/choices.ts";
import { DEFAULT_CHOICES } from "#scenario/keys/defaults.ts";
import { FIELDS } from "#scenario/keys/fields.ts";

/** Makes of the texts of one version those of the next: puts in a default that has changed since, renames a key. */
type Upgrade = (texts: Texts) => Texts;

/** One for each version before the present one. Version 1 is the first, and no default has changed since. */
const UPGRADES: readonly Upgrade[] = [];

/** The version that a link is of: 1 where it has none; null for one that is not out yet, or nonsense. */
const versionOf = ({ v = "1" }: Texts, newest: number): number | null => {
  const version = /^[1-9]\d{0,3}$/.test(v.trim()) ? Number(v) : null;
  return version !== null && version <= newest ? version : null;
};

/** The version of the format that this code writes. */
export const LINK_VERSION = String(UPGRADES.length + 1);

/**
 * The texts of a link in the words of the present version, so that a link means what it meant on the day it was written. null where its version
 * is not known: it is then read as one of the present.
 */
export const upgradeTexts = (texts: Texts, upgrades: readonly Upgrade[] = UPGRADES): Texts | null => {
  const version = versionOf(texts, upgrades.length + 1);
  return version === null ? null : upgrades.slice(version - 1).reduce((older, upgrade) => upgrade(older), texts);
};

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
