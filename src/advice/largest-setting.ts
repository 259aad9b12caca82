import { ENGINE } from "#calc/whole-engine.ts";
import type { Catalog } from "#catalog/popular-catalog.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import { chosenArchitecture, modelArchitecture } from "#scenario/choices/chosen-architecture.ts";
import { bytes } from "#calc/base/quantity.ts";
import type { CardUse } from "#calc/card/card-use.ts";
import { answerGpu } from "#scenario/choices/answer-gpu.ts";
import { RANGES } from "#scenario/keys/ranges.ts";
import { PARAMS } from "#scenario/keys/codec/numbers.ts";
import {
  largestTaken,
  type Search,
  type Varied,
  type Largest,
  lengthsOf,
  takenAt,
  multiplesOf,
} from "./largest-fitting.ts";
import { type Trial, tryOut } from "./trial.ts";

/** The same choices with a model of another size, interpolated from real ones; of module names those that such a model has. */
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
    const taken = known.get(key) ?? takenIfRun(tryOut(sized, catalog));
    known.set(key, taken);
    return taken;
  };
  return { takenAt: takenOfSize, now: ENGINE.countParameters(scenario.architecture) };
};

/** What a run takes on the card as one setting varies, everything else unchanged; for the method in focus. */
export const settingOf = (id: InverseId, start: Trial, catalog: Catalog): Varied => {
  const { choices } = start;
  const { traits } = answerGpu(choices.gpu, catalog);
  switch (id) {
    case "maxBatch":
      return { takenAt: takenAt(start, traits).batch, now: choices.batch };
    case "maxSequence":
      return { takenAt: takenAt(start, traits).seq, now: choices.seq };
    case "maxRank":
      return { takenAt: (r) => tryOut({ ...choices, r }, catalog).taken, now: choices.r };
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
export const largestOf = (id: InverseId, { scenario }: Pick<Trial, "scenario">, setting: Varied): Search =>
  largestTaken(setting, id === "maxSequence" ? lengthsOf(scenario) : multiplesOf(1, INVERSE_RANGES[id]));

/**
 * The largest that fits or is tight, everything else as it is, for the method in focus: n does, n + 1 does not, by the engine. Within the range that the
 * control and the link take; `capped` where that ends it. None where the card cannot run it.
 *
 * @param availableBytes usable memory of the card less what is in use
 * @yields after each number that was tried
 */
export function* inverse(
  id: InverseId,
  start: Trial,
  { availableBytes, catalog }: Readonly<{ availableBytes: number; catalog: Catalog }>,
): Generator<void, Largest> {
  if (start.lacks.length > 0) return { value: null, capped: false };
  return yield* largestOf(id, start, settingOf(id, start, catalog))(bytes(availableBytes));
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
