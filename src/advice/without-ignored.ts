import type { Catalog } from "#catalog/catalog.ts";
import type { Choices } from "#scenario/choices/choices.ts";
import { FIELDS } from "#scenario/choices/fields.ts";
import type { Issue } from "#scenario/choices/issue.ts";
import { issuesOf } from "#scenario/choices/issues-of.ts";
import { type Trial, tryOut } from "./trial.ts";

/** The issues that choices have after a change, and had not before it. */
const newIssues = (before: Choices, after: Choices, catalog: Catalog): readonly Issue[] => {
  const issues = issuesOf(after, catalog);
  if (issues.length === 0) return [];
  const known = issuesOf(before, catalog).map(({ message }) => message);
  return issues.filter(({ message }) => !known.includes(message));
};

/** True if two trials have the same figures. */
const takesTheSame = (one: Trial, other: Trial): boolean =>
  one.peakBytes === other.peakBytes &&
  one.onCardBytes === other.onCardBytes &&
  one.reservedBytes === other.reservedBytes &&
  one.fit === other.fit;

/**
 * A trial without the choices that only its change made useless: a library without reentrant checkpoints leaves `reentrant` out. Each is at its default
 * then, so that the link of an advice opens without an issue that the scenario did not have. A choice stays where the figures would be others without it.
 */
export const withoutIgnored = (before: Choices, changed: Trial, catalog: Catalog): Trial => {
  let kept = changed;
  for (const { key } of newIssues(before, changed.choices, catalog)) {
    const row = FIELDS.find(({ keys }) => keys.includes(key));
    if (row === undefined) continue;
    const without = tryOut({ ...kept.choices, [row.field]: row.default }, catalog);
    if (takesTheSame(kept, without)) kept = without;
  }
  return kept;
};
