import { countParameters } from "#calc/count/count-parameters.ts";
import type { Catalog } from "#catalog/catalog.ts";
import type { Choices } from "#scenario/choices.ts";
import { modelArchitecture } from "#scenario/model-architecture.ts";
import { RANGES } from "#scenario/ranges.ts";
import { type Largest, largestWithin } from "./largest-within.ts";
import { onCardAt } from "./on-card-at.ts";
import { type Trial, tryOut } from "./trial.ts";
import { withSize } from "./with-size.ts";

/** What can be asked for the other way round. */
export const INVERSE_IDS = ["maxBatch", "maxSequence", "maxRank", "maxModelParams"] as const;
export type InverseId = (typeof INVERSE_IDS)[number];

const largestRank = ({ choices }: Trial, availableBytes: number, catalog: Catalog): Largest =>
  largestWithin((r) => tryOut({ ...choices, r }, catalog).onCardBytes, RANGES.r, choices.r)(availableBytes);

/** Sizes share an architecture over about half a per cent: it is run once. A rule of thumb goes by the size itself. */
const largestModel = ({ choices, scenario }: Trial, availableBytes: number, catalog: Catalog): Largest => {
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
  return largestWithin(onCard, RANGES.params, countParameters(scenario.architecture))(availableBytes);
};

/**
 * The largest that fits or is tight, everything else as it is, for the method in focus: n does, n + 1 does not, by the engine. Within the range that the
 * control and the link take; `capped` where that ends it.
 *
 * @param availableBytes usable memory of the card less what is in use
 */
export const inverse = (
  id: InverseId,
  start: Trial,
  { availableBytes, catalog }: Readonly<{ availableBytes: number; catalog: Catalog }>,
): Largest => {
  const { choices, scenario } = start;
  switch (id) {
    case "maxBatch":
      return largestWithin(onCardAt(scenario).batch, RANGES.batch, choices.batch)(availableBytes);
    case "maxSequence":
      return largestWithin(onCardAt(scenario).seq, RANGES.seq, choices.seq)(availableBytes);
    case "maxRank":
      return largestRank(start, availableBytes, catalog);
    case "maxModelParams":
      return largestModel(start, availableBytes, catalog);
    default:
      return id satisfies never;
  }
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
