// Largest batch, sequence length, rank, or model size that fits, and the room to grow in words.

import { ENGINE } from "#calc/whole-engine.ts";
import type { Catalog } from "#catalog/catalog.ts";
import { type Choices, RANGES } from "#scenario/keys/choices.ts";
import { chosenArchitecture, modelArchitecture } from "#scenario/choices/chosen-model.ts";
import { bytes } from "#calc/base/bytes.ts";
import type { CardUse } from "#calc/card/card-use.ts";
import { answerGpu } from "#scenario/choices/chosen-gpu.ts";
import { PARAMS } from "#scenario/keys/codec/numbers.ts";
import {
  largestTaken,
  type Search,
  type Varied,
  type Largest,
  NO_LARGEST,
  lengthsOf,
  cardUseAt,
  multiplesOf,
} from "./largest-search.ts";
import { type Trial, evaluateTrial, availableBytes } from "./trial.ts";
import { formatCount } from "#format/numbers.ts";
import { SEQUENCE_STEP } from "./knobs/training.ts";

/** The same choices with a model of another size, interpolated from real ones; of module names those that such a model has. @internal */
export const withSize = (choices: Choices, params: number, catalog: Catalog): Choices => {
  const model = { kind: "size", params } as const;
  const { targets, save } = choices;
  if (typeof targets === "string" && save.length === 0) return { ...choices, model };
  const architecture = chosenArchitecture({ ...choices, model }, catalog);
  const known = typeof targets === "string" ? targets : targets.filter(ENGINE.canTarget(architecture));
  return {
    ...choices,
    model,
    targets: known.length === 0 ? "all-linear" : known,
    save: save.filter(ENGINE.canSave(architecture)),
  };
};

/** What a run takes, which goes on no card where this one cannot run it: a model of another size may want a kernel that its sibling does not. */
const takenIfRun = ({ taken, lacks }: Trial): CardUse =>
  lacks.length === 0 ? taken : { ...taken, goesWith: () => false };

/** Sizes share an architecture over about half a per cent: it is run once. A rule of thumb goes by the size itself. */
const modelSetting = ({ choices, scenario }: Trial, catalog: Catalog): Varied => {
  const known = new Map<string, CardUse>();
  const takenOfSize = (params: number): CardUse => {
    const sized = withSize(choices, params, catalog);
    const key =
      scenario.accounting === "training-step"
        ? JSON.stringify(modelArchitecture(sized.model, catalog))
        : String(params);
    const taken = known.get(key) ?? takenIfRun(evaluateTrial(sized, catalog));
    known.set(key, taken);
    return taken;
  };
  return { takenAt: takenOfSize, now: ENGINE.countParameters(scenario.architecture) };
};

/** What a run takes on the card as one setting varies, everything else unchanged; for the method in focus. */
export const variedSetting = (id: InverseId, start: Trial, catalog: Catalog): Varied => {
  const { choices } = start;
  const { traits } = answerGpu(choices.gpu, catalog);
  switch (id) {
    case "maxBatch":
      return { takenAt: cardUseAt(start, traits).batch, now: choices.batch };
    case "maxSequence":
      return { takenAt: cardUseAt(start, traits).seq, now: choices.seq };
    case "maxRank":
      return { takenAt: (r) => evaluateTrial({ ...choices, r }, catalog).taken, now: choices.r };
    case "maxModelParams":
      return modelSetting(start, catalog);
    default:
      return id satisfies never;
  }
};

/** What the control and the link take. @internal */
export const INVERSE_RANGES = {
  maxBatch: RANGES.batch,
  maxSequence: RANGES.seq,
  maxRank: RANGES.r,
  maxModelParams: PARAMS,
} as const;

/** The search for a setting's largest value within a capacity in bytes. */
export const largestSearch = (id: InverseId, { scenario }: Pick<Trial, "scenario">, setting: Varied): Search =>
  largestTaken(setting, id === "maxSequence" ? lengthsOf(scenario) : multiplesOf(1, INVERSE_RANGES[id]));

/**
 * The largest that fits or is tight, everything else as it is, for the method in focus: n does, n + 1 does not, by the engine. Within the range that the
 * control and the link take; `capped` where that ends it. None where the card cannot run it.
 *
 * @param availableBytes usable memory of the card less what is in use
 * @yields after each number that was tried
 */
export function* findLargest(
  id: InverseId,
  start: Trial,
  { availableBytes, catalog }: Readonly<{ availableBytes: number; catalog: Catalog }>,
): Generator<void, Largest> {
  if (start.lacks.length > 0) return NO_LARGEST;
  return yield* largestSearch(id, start, variedSetting(id, start, catalog))(bytes(availableBytes));
}

/** The choices with the answer taken over. */
export const withLargest = (
  { id, value }: Readonly<{ id: InverseId; value: number }>,
  choices: Choices,
  catalog: Catalog,
): Choices => {
  switch (id) {
    case "maxBatch":
      return { ...choices, batch: value };
    case "maxSequence":
      return { ...choices, seq: value };
    case "maxRank":
      return { ...choices, r: value };
    case "maxModelParams":
      return withSize(choices, value, catalog);
    default:
      return id satisfies never;
  }
};

/** What can be asked for the other way round. */
export const INVERSE_IDS = ["maxBatch", "maxSequence", "maxRank", "maxModelParams"] as const;
export type InverseId = (typeof INVERSE_IDS)[number];

/** Rows that a micro batch can grow to: where updates accumulate, to a divisor of their rows, so that these stay what they are. */
export const batchWithinUpdate = (most: number, { batch, accum }: Choices): number => {
  const rows = batch * accum;
  if (most >= rows) return most;
  for (let size = most; size > batch; size--) if (rows % size === 0) return size;
  return batch;
};

type Words = (count: string) => string;

/** A phrase for a number that can grow to so much at least; none where nothing is known of it. */
const grown = (most: number | null | undefined, least: number, words: Words): readonly string[] =>
  typeof most === "number" && most >= least ? [words(formatCount(most))] : [];

/** What can still grow, a phrase each: "a micro batch of 4", "6,272 tokens", "rank 78". @param found the largest that fits, of what may grow */
export const roomWords = (
  choices: Choices,
  { maxBatch, maxSequence, maxRank }: Readonly<Partial<Record<InverseId, Largest>>>,
): readonly string[] => {
  const batch = maxBatch?.value;
  const rows = typeof batch === "number" ? batchWithinUpdate(batch, choices) : null;
  return [
    ...grown(rows, choices.batch + 1, (count) => `a micro batch of ${count}`),
    ...grown(maxSequence?.value, choices.seq + SEQUENCE_STEP, (count) => `${count} tokens`),
    ...grown(maxRank?.value, choices.r + 1, (count) => `rank ${count}`),
  ];
};

/** The largest batch, and the greatest length, with which a scenario fits its card. */
export type RoomToGrow = Readonly<Record<Extract<InverseId, "maxBatch" | "maxSequence">, Largest>>;

/** @yields after each run of the engine */
export function* roomToGrow(start: Trial, catalog: Catalog): Generator<void, RoomToGrow> {
  const card = { availableBytes: availableBytes(start.choices, catalog), catalog };
  const maxBatch = yield* findLargest("maxBatch", start, card);
  return { maxBatch, maxSequence: yield* findLargest("maxSequence", start, card) };
}
