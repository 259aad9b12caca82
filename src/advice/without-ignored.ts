import { ENGINE } from "#calc/whole-engine.ts";
import type { Catalog } from "#catalog/catalog.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import { type Field, FIELDS } from "#scenario/keys/fields.ts";
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

/** A choice that has no effect, and the issue that says so. */
type Ignored = Readonly<{ field: Field; issue: Issue }>;

/** A trial with a field at its default; where that changes a figure, with what the issue says is used. */
const withoutChoice = (trial: Trial, { field, issue }: Ignored, catalog: Catalog): Trial => {
  const { isRunnable, isKnown } = ENGINE;
  const read = field.decode({ [issue.key]: issue.used }, { catalog, isRunnable, isKnown });
  for (const value of [field.default, read.value ?? field.default]) {
    const without = tryOut({ ...trial.choices, [field.field]: value }, catalog);
    if (takesTheSame(trial, without)) return without;
  }
  return trial;
};

/**
 * A trial without the choices that only its change made useless: a library without reentrant checkpoints leaves `reentrant` out. The link of an advice opens
 * without an issue then that the scenario did not have. No figure changes. What a choice makes useless in its turn comes after it in a link.
 */
export const withoutIgnored = (before: Choices, changed: Trial, catalog: Catalog): Trial => {
  let kept = changed;
  let issues = newIssues(before, kept.choices, catalog);
  for (const field of FIELDS) {
    const issue = issues.find(({ key }) => field.keys.some((each) => each === key));
    if (issue === undefined) continue;
    kept = withoutChoice(kept, { field, issue }, catalog);
    issues = newIssues(before, kept.choices, catalog);
  }
  return kept;
};
