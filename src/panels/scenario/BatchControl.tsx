import type { ReactElement } from "react";
import type { ObjectiveId } from "#calc/model/objective.ts";
import { OBJECTIVE_TRAITS } from "#calc/model/objective.ts";
import { formatCount } from "#format/count.ts";
import { change } from "#scenario/page/actions.ts";
import { RANGES } from "#scenario/keys/ranges.ts";
import { useChoices } from "#scenario/page/use-choices.ts";
import { SliderField } from "#ui/SliderField.tsx";
import { BATCH_SCALE } from "./scales.ts";
import { useLocked } from "./use-locked.ts";

/** Says what the batch counts, where it is not rows. */
const labelOf = (objective: ObjectiveId): string => {
  const { rows, completionsApart } = OBJECTIVE_TRAITS[objective];
  if (rows === 2) return "Batch size, pairs";
  return completionsApart ? "Batch size, completions" : "Batch size";
};

/** Sequences, pairs or completions in one forward pass on one GPU. */
export const BatchControl = ({ compact = false }: Readonly<{ compact?: boolean }>): ReactElement => {
  const { batch, objective } = useChoices("batch", "objective");
  return (
    <SliderField
      label={compact ? "Batch" : labelOf(objective)}
      compact={compact}
      locked={useLocked("batch")}
      scale={BATCH_SCALE}
      ends={["1", "64"]}
      value={batch}
      min={RANGES.batch.min}
      max={RANGES.batch.max}
      format={formatCount}
      onChange={(rows) => change({ batch: rows })}
    />
  );
};
