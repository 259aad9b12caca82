import type { ReactElement } from "react";
import { formatCount } from "#format/count.ts";
import { change } from "#scenario/actions.ts";
import { useScenario } from "#scenario/store.ts";
import { SliderField } from "#ui/SliderField.tsx";
import { BATCH_SCALE } from "./scales.ts";
import { useLocked } from "./use-locked.ts";

/** The most that a link may carry; the slider ends at 64. */
const MOST_ROWS = 4096;

/** Sequences in one forward pass on one GPU. */
export const BatchControl = ({ compact = false }: Readonly<{ compact?: boolean }>): ReactElement => (
  <SliderField
    label={compact ? "Batch" : "Batch size"}
    compact={compact}
    locked={useLocked("batch")}
    scale={BATCH_SCALE}
    ends={["1", "64"]}
    value={useScenario(({ choices }) => choices.batch)}
    min={1}
    max={MOST_ROWS}
    format={formatCount}
    onChange={(batch) => change({ batch })}
  />
);
