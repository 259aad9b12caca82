import type { QuickAdvice } from "#advice/advise.ts";
import { type Trial, tryOut } from "#advice/trial.ts";
import { isWayOut } from "#calc/card/is-way-out.ts";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import type { Choices } from "#scenario/choices/choices.ts";
import { encodeLink } from "#scenario/choices/url.ts";

const TOKENS = 64;

/** The next larger divisor of an update's rows, with its accumulation. */
const nextBatch = ({ batch, accum }: Choices, most: number): Partial<Choices> => {
  const rows = batch * accum;
  const next = Array.from({ length: most - batch }, (_, index) => batch + 1 + index).find((size) => rows % size === 0);
  return next === undefined ? {} : { batch: next, accum: rows / next };
};

/** What was changed by a number, each one step back towards what it was: the batch to the next divisor, 64 tokens, the rank to the next power of two. */
const stepsBack = (before: Choices, after: Choices): readonly Partial<Choices>[] => [
  ...(after.batch < before.batch ? [nextBatch(after, before.batch)] : []),
  ...(after.seq < before.seq ? [{ seq: Math.min(after.seq + TOKENS, before.seq) }] : []),
  ...(after.r < before.r ? [{ r: Math.min(2 ** (Math.floor(Math.log2(after.r)) + 1), before.r) }] : []),
];

const overshootsOf = (start: Trial, { choices }: Trial): readonly string[] =>
  stepsBack(start.choices, choices)
    .map((step) => ({ ...choices, ...step }))
    .filter((choice) => isWayOut(tryOut(choice, FULL_CATALOG).card))
    .map((choice) => `${encodeLink(choices)} could be ${encodeLink(choice)}`);

/** Everything that advice suggests: each change alone, and the set. */
export const suggestedBy = ({ knobs, smallestSet }: QuickAdvice): readonly Trial[] => [
  ...knobs.map(({ trial }) => trial),
  ...(smallestSet === null ? [] : [smallestSet.trial]),
];

/** Suggestions of which a number could go one step further and still fit, a line each. */
export const overshoots = (advice: QuickAdvice): readonly string[] =>
  suggestedBy(advice).flatMap((trial) => overshootsOf(advice.start, trial));

/** Suggestions that the card cannot run, a line each: by what a reader gets who opens the link. */
export const notRunning = (advice: QuickAdvice): readonly string[] =>
  suggestedBy(advice)
    .filter(({ choices }) => tryOut(choices, FULL_CATALOG).card.fit === "cannot-run")
    .map(({ choices }) => `${encodeLink(choices)} cannot run`);
