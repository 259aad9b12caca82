import { ENGINE } from "#calc/whole-engine.ts";
import type { Catalog } from "#catalog/catalog.ts";
import type { Choices } from "./choices.ts";
import type { KeyedProblem } from "./codec/keyed-codec.ts";
import { crossCheck } from "./cross-checks.ts";
import { FIELDS } from "./fields.ts";
import type { Issue, Parsed } from "./issue.ts";
import { upgradeTexts } from "./link-version.ts";
import { splitLink } from "./split-link.ts";
import { toIssues } from "./to-issues.ts";
import { PINNED_KEYS } from "./pinned-keys.ts";
import { LINK_KEYS, linkTexts } from "./url.ts";

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
  const { isRunnable, isKnown } = ENGINE;
  const readings = FIELDS.map((row) => ({ ...row, ...row.decode(texts, { catalog, isRunnable, isKnown }) }));
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
