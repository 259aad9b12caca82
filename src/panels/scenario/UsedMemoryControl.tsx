import type { ReactElement } from "react";
import { change } from "#scenario/actions.ts";
import { useScenario } from "#scenario/store.ts";
import { NumberField } from "#ui/NumberField.tsx";
import { useLocked } from "./use-locked.ts";

/** More than any card has; the link takes no more either. */
const MOST_GIB = 100_000;
const STEP_GIB = 0.5;

/** What a desktop or another process holds on the card before training starts. */
export const UsedMemoryControl = (): ReactElement => (
  <NumberField
    label="On the card already"
    unit="GiB"
    locked={useLocked("used")}
    value={useScenario(({ choices }) => choices.used)}
    min={0}
    max={MOST_GIB}
    step={STEP_GIB}
    whole={false}
    hint="As nvidia-smi shows it before training: a desktop, another process."
    onChange={(used) => change({ used })}
  />
);
