import type { Texts } from "#scenario/keys/codec/keyed-codec.ts";

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
