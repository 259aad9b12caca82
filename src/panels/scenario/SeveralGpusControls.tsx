import type { ReactElement } from "react";
import { formatCount } from "#format/count.ts";
import { change } from "#scenario/page/actions.ts";
import { consequences } from "#scenario/choices/resolve-stack.ts";
import { useScenario } from "#scenario/page/store.ts";
import { NumberField } from "#ui/NumberField.tsx";
import { Segmented } from "#ui/Segmented.tsx";
import { Select } from "#ui/Select.tsx";
import { MachineControl } from "./MachineControl.tsx";
import { DivisionControls } from "./DivisionControls.tsx";
import { OFFLOAD_NAMES, SHARDING_NAMES } from "./names.ts";
import { optionsOf } from "./options.ts";
import { useLocked } from "./use-locked.ts";

const SHARDING_OPTIONS = optionsOf(SHARDING_NAMES);
const OFFLOAD_OPTIONS = optionsOf(OFFLOAD_NAMES);
const MOST_GPUS = 4096;

/** How many cards, and what each of them holds. */
export const SeveralGpusControls = (): ReactElement => {
  const choices = useScenario((state) => state.choices);
  const { gpus, shard, offload } = choices;
  const usual = consequences({ ...choices, shard: null }).shard;
  const override =
    shard === null
      ? null
      : { sentence: `Changed. The default is ${SHARDING_NAMES[usual]}.`, reset: () => change({ shard: null }) };
  return (
    <>
      <MachineControl />
      <NumberField
        label="GPUs"
        locked={useLocked("gpus")}
        value={gpus}
        min={1}
        max={MOST_GPUS}
        format={formatCount}
        onChange={(count) => change({ gpus: count })}
      />
      <Select
        label="Sharding"
        locked={useLocked("shard")}
        options={SHARDING_OPTIONS}
        value={shard ?? usual}
        override={override}
        hint={gpus === 1 ? "One GPU has nothing to share." : null}
        onChange={(next) => change({ shard: next === usual ? null : next })}
      />
      {gpus > 1 && <DivisionControls />}
      <Segmented
        label="Offload to the host"
        locked={useLocked("offload")}
        options={OFFLOAD_OPTIONS}
        value={offload}
        onChange={(next) => change({ offload: next })}
      />
    </>
  );
};
