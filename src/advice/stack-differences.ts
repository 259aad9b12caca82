import { estimated } from "#calc/model/estimated.ts";
import { ENGINE } from "#calc/whole-engine.ts";
import type { MemoryEstimate } from "#calc/model/memory-estimate.ts";
import type { Scenario } from "#calc/model/scenario.ts";
import { STACK_FIELDS } from "./stack-fields.ts";

/** One thing that a library does otherwise than another, and what it does to the PyTorch peak. */
export type StackDifference = Readonly<{
  label: string;
  from: string;
  to: string;
  /** Peak with this and everything before it, less the peak with only what is before it; negative when it saves. */
  bytes: number;
}>;

/** What a field list does not name: a library's own modelling code. */
const REST = "Its own model code";

/** The fields that are there, in one order: one that was taken over stands last. */
const inOrder = (scenario: Scenario): string =>
  JSON.stringify(
    Object.entries(scenario)
      .filter(([, value]) => value !== undefined)
      .toSorted(([one], [other]) => (one < other ? -1 : 1)),
  );

const isSame = (one: Scenario, other: Scenario): boolean => inOrder(one) === inOrder(other);

/**
 * What turns one library's run into another's, one field at a time, each on top of those before it: so the bytes sum to the difference of the two
 * peaks. A change may do nothing where another moment decides the peak; by itself, or in another order, it can do more or less.
 *
 * @param plain the run as it is without the differences; both are the same run but for what the libraries decide.
 * @param estimate the engine; another one in tests only.
 */
export const stackDifferences = (
  plain: Scenario,
  other: Scenario,
  estimate: (scenario: Scenario) => Pick<MemoryEstimate, "peakBytes"> = (scenario) =>
    estimated(ENGINE.estimate(scenario)),
): readonly StackDifference[] => {
  const differences: StackDifference[] = [];
  let now = plain;
  let peak = estimate(plain).peakBytes;
  const stepTo = (next: Scenario, difference: Omit<StackDifference, "bytes">): void => {
    const after = estimate(next).peakBytes;
    differences.push({ ...difference, bytes: after - peak });
    now = next;
    peak = after;
  };
  for (const { label, words, take } of STACK_FIELDS) {
    const next = take(now, other);
    if (!isSame(now, next)) stepTo(next, { label, from: words(now), to: words(next) });
  }
  if (!isSame(now, other)) stepTo(other, { label: REST, from: "transformers", to: "the library’s" });
  return differences;
};
