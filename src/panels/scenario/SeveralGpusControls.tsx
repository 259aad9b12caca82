import type { ReactElement } from "react";
import { change } from "#scenario/page/actions.ts";
import { consequences } from "#scenario/choices/resolve-stack.ts";
import { useScenario } from "#scenario/page/store.ts";
import { Segmented } from "#ui/Segmented.tsx";
import { Select } from "#ui/Select.tsx";
import { MachineControl } from "./MachineControl.tsx";
import { DivisionControls } from "./DivisionControls.tsx";
import { GPUS_WORDS } from "#scenario/words/gpus.ts";
import { optionsOf } from "./options.ts";
import { useLocked } from "./use-locked.ts";

const SHARDING_OPTIONS = optionsOf(GPUS_WORDS.shard.values);
const OFFLOAD_OPTIONS = optionsOf(GPUS_WORDS.offload.values);

/** What each of several cards holds. */
export const SeveralGpusControls = (): ReactElement => {
  const choices = useScenario((state) => state.choices);
  const { gpus, shard, offload } = choices;
  const usual = consequences({ ...choices, shard: null }).shard;
  const override =
    shard === null
      ? null
      : {
          sentence: `Changed. The default is ${GPUS_WORDS.shard.values[usual]}.`,
          reset: () => change({ shard: null }),
        };
  return (
    <>
      <MachineControl />
      <Select
        label="Sharding"
        locked={useLocked("shard")}
        options={SHARDING_OPTIONS}
        value={shard ?? usual}
        override={override}
        hint={gpus === 1 ? "A single GPU has nothing to shard." : null}
        onChange={(next) => change({ shard: next === usual ? null : next })}
      />
      {gpus > 1 && choices.objective === "sft" && <DivisionControls />}
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
