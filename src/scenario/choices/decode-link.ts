import { ENGINE } from "#calc/whole-engine.ts";
import type { Catalog } from "#catalog/catalog.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import type { KeyedProblem, Texts } from "#scenario/keys/codec/keyed-codec.ts";
import { crossCheck } from "./cross-checks.ts";
import { FIELDS } from "#scenario/keys/fields.ts";
import type { Issue, Parsed } from "./issue.ts";
import { upgradeTexts } from "./link-version.ts";
import { splitLink } from "./split-link.ts";
import { toIssues } from "./to-issues.ts";
import { PINNED_KEYS } from "#scenario/keys/pinned-keys.ts";
import { isIdentityKey, unknownText } from "#scenario/keys/identity.ts";
import type { Unknown } from "#scenario/keys/unknown.ts";
import { LINK_KEYS, linkTexts } from "./url.ts";

const UNKNOWN_VERSION: KeyedProblem = {
  key: "v",
  code: "unknown-version",
  why: "is a version that this page does not know",
};

/** The identities that a link names and that are not known: of a field whose text gave no value, the texts of the keys that say it. */
const unknownOf = (
  readings: readonly Readonly<{ keys: readonly string[]; value?: unknown; problems: readonly KeyedProblem[] }>[],
  texts: Texts,
): Unknown =>
  Object.fromEntries(
    readings.flatMap(({ keys, value, problems }) => {
      const wrong = problems.filter(({ key, code }) => isIdentityKey(key) && code !== "ignored-here");
      if (value !== undefined || wrong.length === 0) return [];
      const named = keys.filter((key) => key === keys[0] || wrong.some((problem) => problem.key === key));
      return named.map((key) => [key, unknownText(texts[key] ?? "")]);
    }),
  );

/**
 * Reads a link. Total: any text gives choices, and one issue for each thing that could not be taken as it was. A missing key takes its default; a bad one
 * too, or the nearest value that is allowed; an unknown one is kept out. A name that says what is asked about and is not known is kept in `unknown`: there is
 * no answer then.
 *
 * @param search the link from its `?` on, or what follows it
 * @param catalog to check models, GPUs and modules against; null takes any id, for when the rows are not here yet
 */
export const decodeLink = (search: string, catalog: Catalog | null): Parsed<Choices> => {
  const { texts: given, issues: notTaken } = splitLink(search, [...LINK_KEYS, ...PINNED_KEYS]);
  const upgraded = upgradeTexts(given);
  const texts = upgraded ?? given;
  const { isRunnable, isKnown } = ENGINE;
  const readings = FIELDS.map((row) => ({ ...row, ...row.decode(texts, { catalog, isRunnable, isKnown }) }));
  const read = Object.fromEntries(
    readings.map(({ field, value, default: otherwise }) => [field, value === undefined ? otherwise : value]),
  ) as Omit<Choices, "unknown">;
  const unknown = unknownOf(readings, texts);
  const { choices, problems } = crossCheck({ ...read, unknown }, texts, catalog);
  const all = [
    ...(upgraded === null ? [UNKNOWN_VERSION] : []),
    ...readings.flatMap((reading) => reading.problems),
    ...problems,
  ];
  const issues: readonly Issue[] = [
    ...notTaken,
    ...toIssues(all, { given: texts, used: linkTexts(choices), unknown: choices.unknown }),
  ];
  return { value: choices, issues };
};
