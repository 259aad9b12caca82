// Writing of links: keys, version, defaults left out, and further scenarios.

import type { Texts } from "#scenario/keys/codec/codec.ts";
import { type Choices, type LinkKey, DEFAULT_CHOICES, PINNED_KEYS } from "#scenario/keys/choices.ts";
import { FIELDS } from "#scenario/keys/link-fields.ts";

/** Makes of the texts of one version those of the next: puts in a default that has changed since, renames a key. */
type Upgrade = (texts: Texts) => Texts;

/** One for each version before the present one. Version 1 is the first, and no default has changed since. */
const UPGRADES: readonly Upgrade[] = [];

/** The version that a link is of: 1 where it has none; null for one that is not out yet, or nonsense. */
const versionOf = ({ v = "1" }: Texts, newest: number): number | null => {
  const version = /^[1-9]\d{0,3}$/.test(v.trim()) ? Number(v) : null;
  return version !== null && version <= newest ? version : null;
};

/** The version of the format that this code writes. @internal */
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

/** The texts of the default choices, which links leave out. */
export const DEFAULT_TEXTS = linkTexts(DEFAULT_CHOICES);

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

/** What belongs to the page, not to one of its scenarios. */
export const PAGE_KEYS: readonly string[] = ["v", "embed", "theme", "only", "hide", "lock", ...PINNED_KEYS];

/** The keys of one scenario. */
export const SCENARIO_KEYS = LINK_KEYS.filter((key) => !PAGE_KEYS.includes(key));

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
