import type { ReactElement } from "react";
import { formatCount } from "#format/count.ts";
import { change } from "#scenario/page/actions.ts";
import { RANGES } from "#scenario/choices/ranges.ts";
import { useScenario } from "#scenario/page/store.ts";
import { SliderField } from "#ui/SliderField.tsx";
import { BATCH_SCALE } from "./scales.ts";
import { useLocked } from "./use-locked.ts";

/** Sequences in one forward pass on one GPU. */
export const BatchControl = ({ compact = false }: Readonly<{ compact?: boolean }>): ReactElement => (
  <SliderField
    label={compact ? "Batch" : "Batch size"}
    compact={compact}
    locked={useLocked("batch")}
    scale={BATCH_SCALE}
    ends={["1", "64"]}
    value={useScenario(({ choices }) => choices.batch)}
    min={RANGES.batch.min}
    max={RANGES.batch.max}
    format={formatCount}
    onChange={(batch) => change({ batch })}
  />
);
