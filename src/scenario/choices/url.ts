import type { Catalog } from "#catalog/catalog.ts";
import type { Choices, LinkKey } from "./choices.ts";
import type { KeyedProblem, Texts } from "#scenario/choices/codec/keyed-codec.ts";
import { crossCheck } from "./cross-checks.ts";
import { DEFAULT_CHOICES } from "./defaults.ts";
import { FIELDS } from "./fields.ts";
import type { Issue, Parsed } from "./issue.ts";
import { LINK_VERSION, upgradeTexts } from "./link-version.ts";
import { splitLink } from "./split-link.ts";
import { toIssues } from "./to-issues.ts";

/** Every key that a link can have, in canonical order. */
export const LINK_KEYS: readonly LinkKey[] = ["v", ...FIELDS.flatMap(({ keys }) => keys)];

/** The keys of further scenarios, held beside the first (`pinned-link.ts`): what differs from it. */
export const PINNED_KEYS: readonly LinkKey[] = ["b", "c", "d"];

/** The value of every key that has one, defaults included, as a link spells it. */
export const linkTexts = (choices: Choices): Texts =>
  Object.assign({ v: LINK_VERSION }, ...FIELDS.map(({ encode }) => encode(choices))) as Texts;

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

const UNKNOWN_VERSION: KeyedProblem = {
  key: "v",
  code: "unknown-version",
  why: "is a version that this page does not know",
};

/**
 * Reads a link. Total: any text gives choices, and one issue for each thing that could not be taken as it was. A missing key takes its default; a bad one
 * too, or the nearest value that is allowed; an unknown one is kept out.
 *
 * @param search the link from its `?` on, or what follows it
 * @param catalog to check models, GPUs and modules against; null takes any id, for when the rows are not here yet
 */
export const decodeLink = (search: string, catalog: Catalog | null): Parsed<Choices> => {
  const { texts: given, issues: notTaken } = splitLink(search, [...LINK_KEYS, ...PINNED_KEYS]);
  const upgraded = upgradeTexts(given);
  const texts = upgraded ?? given;
  const readings = FIELDS.map((row) => ({ ...row, ...row.decode(texts, catalog) }));
  const read = Object.fromEntries(
    readings.map(({ field, value, default: otherwise }) => [field, value === undefined ? otherwise : value]),
  ) as Choices;
  const { choices, problems } = crossCheck(read, texts, catalog);
  const all = [
    ...(upgraded === null ? [UNKNOWN_VERSION] : []),
    ...readings.flatMap((reading) => reading.problems),
    ...problems,
  ];
  const issues: readonly Issue[] = [...notTaken, ...toIssues(all, texts, linkTexts(choices))];
  return { value: choices, issues };
};
