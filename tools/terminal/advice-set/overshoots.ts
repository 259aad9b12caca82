import type { QuickAdvice } from "#advice/advise.ts";
import { offers } from "#advice/change-offers.ts";
import { knobBudget } from "#advice/change-sets.ts";
import { runToEnd, type Trial, evaluateTrial } from "#advice/trial.ts";
import { turnKnobs } from "#advice/knob-search.ts";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import { encodeLink } from "#scenario/choices/encode-link.ts";

const TOKENS = 64;

/** The next larger divisor of an update's rows on each GPU, with its accumulation; none where more GPUs have taken the rows over. */
const nextBatch = ({ batch, accum }: Choices, most: number): readonly Partial<Choices>[] => {
  const rows = batch * accum;
  const next = Array.from({ length: most - batch }, (_, index) => batch + 1 + index).find((size) => rows % size === 0);
  return next === undefined ? [] : [{ batch: next, accum: rows / next }];
};

/** What was changed by a number, each one step back towards what it was: the batch to the next divisor, 64 tokens, the rank to the next power of two. */
const stepsBack = (before: Choices, after: Choices): readonly Partial<Choices>[] => [
  ...(after.batch < before.batch ? nextBatch(after, before.batch) : []),
  ...(after.seq < before.seq ? [{ seq: Math.min(after.seq + TOKENS, before.seq) }] : []),
  ...(after.r < before.r ? [{ r: Math.min(2 ** (Math.floor(Math.log2(after.r)) + 1), before.r) }] : []),
];

const overshootsOf = (start: Trial, { choices }: Trial): readonly string[] =>
  stepsBack(start.choices, choices)
    .map((step) => ({ ...choices, ...step }))
    .filter((choice) => evaluateTrial(choice, FULL_CATALOG).isWayOut)
    .map((choice) => `${encodeLink(choices)} could be ${encodeLink(choice)}`);

/** What is suggested for some choices, each with what the engine says of it. */
export type Suggested = Readonly<{ start: Trial; trials: readonly Trial[] }>;

/** Each change alone, and the set that the first line names. */
export const suggestedBy = ({ start, knobs, smallestSet }: QuickAdvice): Suggested => ({
  start,
  trials: [...knobs.map(({ trial }) => trial), ...(smallestSet === null ? [] : [smallestSet.trial])],
});

/** The sets of _Make it fit_, one of each kind of price; none where it fits. */
export const offeredFor = ({ start }: QuickAdvice): Suggested => {
  if (start.card.fit !== "over") return { start, trials: [] };
  const turned = runToEnd(turnKnobs(start, FULL_CATALOG));
  const found = runToEnd(offers(knobBudget(start, turned, { catalog: FULL_CATALOG })));
  return { start, trials: found.map(({ trial }) => trial) };
};

/** Suggestions of which a number could go one step further and still fit, a line each. */
export const overshoots = ({ start, trials }: Suggested): readonly string[] =>
  trials.flatMap((trial) => overshootsOf(start, trial));

/** Suggestions that the card cannot run, a line each: by what a reader gets who opens the link. */
export const notRunning = ({ trials }: Suggested): readonly string[] =>
  trials
    .filter(({ choices }) => evaluateTrial(choices, FULL_CATALOG).lacks.length > 0)
    .map(({ choices }) => `${encodeLink(choices)} cannot run`);
