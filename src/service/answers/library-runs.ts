// The run of the method in focus, and the same run in every training library.

import { METHODS } from "#calc/model/scenario.ts";
import type { Catalog } from "#catalog/catalog.ts";
import type { MethodAnswer } from "#scenario/choices/answer.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import { toAnswer } from "#scenario/choices/to-answer.ts";
import { type StackDifference, stackDifferences } from "#advice/library-differences.ts";
import { STACK_IDS, type StackId } from "#catalog/stacks.ts";

/** The method in focus; the first one shown when the focused one is not. null where none is shown. */
export const focusOf = ({ method, show }: Choices): MethodAnswer["method"] | null =>
  show.includes(method) ? method : (METHODS.find((each) => show.includes(each)) ?? null);

/** The answer for the method in focus, without the others. */
export const focusedRun = (choices: Choices, catalog: Catalog): MethodAnswer | null => {
  const focus = focusOf(choices);
  return focus === null ? null : (toAnswer({ ...choices, show: [focus] }, catalog).methods[0] ?? null);
};

/** The same run in one library. */
export type LibraryRun = Readonly<{
  peakBytes: number;
  /** What it does otherwise than plain Transformers, and what that makes; null where nobody asked. */
  differences: readonly StackDifference[] | null;
}>;

type LibraryRuns = Readonly<Partial<Record<StackId, LibraryRun>>>;

type Asked = Readonly<{
  choices: Choices;
  /** The libraries whose differences are looked at. Asked with the peaks, so that all are of one run. */
  opened: readonly StackId[];
}>;

const runIn = (stack: StackId, choices: Choices, catalog: Catalog): MethodAnswer | null =>
  toAnswer({ ...choices, stack }, catalog).methods[0] ?? null;

/**
 * The run of the method in focus in every training library: what the reader set by hand stays.
 *
 * @yields after each library
 */
export function* libraryRuns({ choices, opened }: Asked, catalog: Catalog): Generator<void, LibraryRuns> {
  const runs: Partial<Record<StackId, LibraryRun>> = {};
  const method = focusOf(choices);
  if (method === null) return runs;
  const alone: Choices = { ...choices, method, show: [method] };
  const plain = runIn("transformers", alone, catalog);
  for (const stack of STACK_IDS) {
    yield;
    const run = runIn(stack, alone, catalog);
    if (plain === null || run === null) continue;
    const differences = opened.includes(stack) ? stackDifferences(plain.scenario, run.scenario) : null;
    runs[stack] = { peakBytes: run.estimate.peakBytes, differences };
  }
  return runs;
}
