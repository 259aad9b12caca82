// Advice on a scenario: changes that save memory, largest settings, and the smallest GPU of each method.

import type { Bytes } from "#calc/base/bytes.ts";
import { estimated, termBytes } from "#calc/model/memory-estimate.ts";
import type { RunMomentId } from "#calc/model/whole-run.ts";
import { ENGINE } from "#calc/whole-engine.ts";
import { type Trial, availableBytes, evaluateTrial } from "./trial.ts";
import type { Catalog } from "#catalog/catalog.ts";
import { gpuPhrase } from "#format/phrases.ts";
import { answerGpu } from "#scenario/choices/chosen-gpu.ts";
import { METHODS } from "#calc/model/scenario.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import { findLargest, type InverseId, type RoomToGrow, roomToGrow } from "./largest-setting.ts";
import type { Largest } from "./largest-search.ts";
import { type SmallestCard, smallestCard } from "./smallest-gpu.ts";
import { type SmallestSet, smallestSet } from "./change-offers.ts";
import { savingKnobs, type Turned, turnKnobs } from "./knob-search.ts";

/** What takes most of the worst moment of a run: a term of the step, or outside it what is alive by name. */
export type Most = Readonly<{ name: string; bytes: Bytes; moment: RunMomentId }>;

/** What takes most of a method that does not fit, in its worst moment; null where it fits, and where it cannot run. */
export const largestTerm = ({ scenario, fit, worstOutside }: Trial): Most | null => {
  if (fit !== "over") return null;
  if (worstOutside !== null) {
    const [first] = worstOutside.alive;
    return first === undefined ? null : { ...first, moment: worstOutside.id };
  }
  const [most] = estimated(ENGINE.estimate(scenario)).terms.toSorted((one, other) => other.bytes - one.bytes);
  return most === undefined ? null : { name: most.id, bytes: most.bytes, moment: "step" };
};

/** From which share on activations are "most of it" and "nearly all of it" scores. */
const MOST = 0.5;
const NEARLY_ALL = 0.9;

/** Nobody asked for it. */
const EAGER = ": transformers has no SDPA for this model";

/**
 * Why activations are what takes most, where attention keeps the scores of all pairs: ", nearly all of it scores: a T4 has no flash kernel". Empty where it
 * keeps none, or where most of the activations is something else.
 *
 * Scores = activations − those of the same run with a flash kernel.
 *
 * @param most what takes most of the method in focus
 */
export const scoresWords = ({ scenario, choices }: Trial, most: Most | null, catalog: Catalog): string => {
  if (most === null || most.moment !== "step" || most.name !== "activations") return "";
  const others = termBytes(estimated(ENGINE.estimate({ ...scenario, attn_implementation: "flash" })), "activations");
  const share = 1 - others / most.bytes;
  if (share < MOST) return "";
  const { shortName } = answerGpu(choices.gpu, catalog);
  const lacks = scenario.attn_implementation === "eager" ? EAGER : `: ${gpuPhrase(shortName, 1)} has no flash kernel`;
  return `, ${share < NEARLY_ALL ? "most" : "nearly all"} of it scores${choices.attn === null ? lacks : ""}`;
};

/** Everything that follows from a scenario for its method in focus. */
export type Advice = Readonly<{
  start: Trial;
  /** Those that save something, the largest saving first. */
  knobs: readonly Turned[];
  smallestSet: SmallestSet | null;
  /** What takes most of the method in focus where it does not fit: why it does not. */
  most: Most | null;
  /** Why it does, where that is attention: ", nearly all of it scores: a T4 has no flash kernel". */
  scores: string;
  inverse: Readonly<Record<InverseId, Largest>>;
  /** One for each method shown. */
  smallestCards: readonly SmallestCard[];
}>;

/** Advice without what needs steps on paper of its own (another rank, another model): those are searched for when somebody asks. */
export type QuickAdvice = Omit<Advice, "inverse"> & Readonly<{ inverse: RoomToGrow }>;

/** The list of changes: what each saves, and the smallest card of each method. */
type ListedAdvice = Pick<Advice, "knobs" | "smallestCards">;

function* listed(start: Trial, turned: readonly Turned[], catalog: Catalog): Generator<void, ListedAdvice> {
  const { choices } = start;
  const smallestCards: SmallestCard[] = [];
  for (const method of METHODS.filter((each) => choices.show.includes(each))) {
    smallestCards.push(smallestCard(choices, method, catalog));
    yield;
  }
  return { smallestCards, knobs: yield* savingKnobs(start, turned, catalog) };
}

/**
 * What is listed under the one sentence of advice (`topFacts`).
 *
 * @yields after each run of the engine
 */
export function* listedAdvice(
  choices: Choices,
  catalog: Catalog,
): Generator<void, ListedAdvice & Pick<Advice, "start">> {
  const start = evaluateTrial(choices, catalog);
  yield;
  return { start, ...(yield* listed(start, yield* turnKnobs(start, catalog), catalog)) };
}

/** @yields after each run of the engine */
export function* quickAdvice(choices: Choices, catalog: Catalog): Generator<void, QuickAdvice> {
  const start = evaluateTrial(choices, catalog);
  yield;
  const turned = yield* turnKnobs(start, catalog);
  const smallest = yield* smallestSet(start, turned, { catalog });
  const list = yield* listed(start, turned, catalog);
  const most = largestTerm(start);
  return {
    start,
    ...list,
    smallestSet: smallest,
    most,
    scores: scoresWords(start, most, catalog),
    inverse: yield* roomToGrow(start, catalog),
  };
}

/**
 * Which knobs save how much, the fewest that make it fit, how large batch, length, rank and model may be, and the smallest card of each method. Every figure is
 * a run of the engine.
 *
 * @yields after each run of the engine, so that a page can do something else between two
 */
export function* advise(choices: Choices, catalog: Catalog): Generator<void, Advice> {
  const quick = yield* quickAdvice(choices, catalog);
  const card = { availableBytes: availableBytes(choices, catalog), catalog };
  return {
    ...quick,
    inverse: {
      ...quick.inverse,
      maxRank: yield* findLargest("maxRank", quick.start, card),
      maxModelParams: yield* findLargest("maxModelParams", quick.start, card),
    },
  };
}
