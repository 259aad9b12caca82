import { ENGINE } from "#calc/whole-engine.ts";
import type { Catalog } from "#catalog/catalog.ts";
import type { Choices } from "#scenario/choices/choices.ts";
import { modelArchitecture } from "#scenario/choices/model-architecture.ts";
import { RANGES } from "#scenario/choices/ranges.ts";
import type { InverseId } from "./inverse-id.ts";
import { type Largest, largestWithin } from "./largest-within.ts";
import { lengthRange } from "./length-range.ts";
import { onCardAt } from "./on-card-at.ts";
import { type Trial, tryOut } from "./trial.ts";
import { withSize } from "./with-size.ts";

/** What a setting does to the memory on the card: the function, and where to begin to look. */
type Setting = Readonly<{ onCardAt: (value: number) => number; now: number }>;

/** Sizes share an architecture over about half a per cent: it is run once. A rule of thumb goes by the size itself. */
const modelSetting = ({ choices, scenario }: Trial, catalog: Catalog): Setting => {
  const known = new Map<string, number>();
  const onCard = (params: number): number => {
    const sized = withSize(choices, params, catalog);
    const key =
      scenario.accounting === "training-step"
        ? JSON.stringify(modelArchitecture(sized.model, catalog))
        : String(params);
    const bytes = known.get(key) ?? tryOut(sized, catalog).onCardBytes;
    known.set(key, bytes);
    return bytes;
  };
  return { onCardAt: onCard, now: ENGINE.countParameters(scenario.architecture) };
};

/** Memory on the card as one setting varies, everything else unchanged, in bytes; for the method in focus. */
export const settingOf = (id: InverseId, start: Trial, catalog: Catalog): Setting => {
  const { choices, scenario } = start;
  switch (id) {
    case "maxBatch":
      return { onCardAt: onCardAt(scenario).batch, now: choices.batch };
    case "maxSequence":
      return { onCardAt: onCardAt(scenario).seq, now: choices.seq };
    case "maxRank":
      return { onCardAt: (r) => tryOut({ ...choices, r }, catalog).onCardBytes, now: choices.r };
    case "maxModelParams":
      return modelSetting(start, catalog);
    default:
      return id satisfies never;
  }
};

/** What the control and the link take. */
export const INVERSE_RANGES = {
  maxBatch: RANGES.batch,
  maxSequence: RANGES.seq,
  maxRank: RANGES.r,
  maxModelParams: RANGES.params,
} as const;

/** The search for a setting's largest value within a capacity in bytes. */
export const largestOf = (
  id: InverseId,
  { scenario }: Pick<Trial, "scenario">,
  { onCardAt: at, now }: Setting,
): ((capacityBytes: number) => Largest) =>
  largestWithin(at, id === "maxSequence" ? lengthRange(scenario) : INVERSE_RANGES[id], now);

/**
 * The largest that fits or is tight, everything else as it is, for the method in focus: n does, n + 1 does not, by the engine. Within the range that the
 * control and the link take; `capped` where that ends it. None where the card cannot run it.
 *
 * @param availableBytes usable memory of the card less what is in use
 */
export const inverse = (
  id: InverseId,
  start: Trial,
  { availableBytes, catalog }: Readonly<{ availableBytes: number; catalog: Catalog }>,
): Largest => {
  if (start.lacks.length > 0) return { value: null, capped: false };
  return largestOf(id, start, settingOf(id, start, catalog))(availableBytes);
};

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
