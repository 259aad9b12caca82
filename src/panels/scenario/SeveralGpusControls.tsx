// Controls for sharding and for tensor, pipeline and other parallelism.

import type { ReactElement } from "react";
import { machineOf } from "#advice/host-machine.ts";
import { MACHINES, type MachineRow } from "#catalog/machines.ts";
import { formatCount } from "#format/numbers.ts";
import { changeChoices, ensureFullCatalog } from "#scenario/page/actions.ts";
import { useScenario, useAnswer, useChoices } from "#scenario/page/store.ts";
import { Select } from "#ui/Select.tsx";
import { useLocked, useWhyNot } from "./control-state.ts";
import { stackOverride, useStack, optionsOf } from "./library-override.ts";
import { Switch } from "#ui/Switch.tsx";
import { Segmented } from "#ui/RadioRow.tsx";
import { RANGES } from "#scenario/keys/choices.ts";
import { NumberField } from "#ui/NumberField.tsx";
import { impliedChoices } from "#scenario/choices/resolve-stack.ts";
import { GPUS_WORDS } from "#scenario/words/key-words.ts";

const OWN = "own";
const ROWS = Object.values<MachineRow>(MACHINES);
const NAMES = ROWS.map(({ name }) => ({ value: name, label: name }));
const OPTIONS = [{ value: OWN, label: "Custom" }, ...NAMES];

/** The machine's GPUs, once its card is known here; where that cannot be loaded, everything stays as it is. */
const choose = async (name: string): Promise<void> => {
  const machine = ROWS.find((row) => row.name === name);
  if (machine === undefined) return;
  await ensureFullCatalog().catch(() => undefined);
  const { gpu, gpus } = machine;
  if (gpu in useScenario.getState().catalog.gpus) changeChoices({ gpu: { kind: "catalog", id: gpu }, gpus });
};

/** A machine that is rented whole: GPU and number at once. */
const MachineControl = (): ReactElement | null => {
  const machine = machineOf(useScenario((state) => state.choices));
  const isLocked = [useLocked("gpu"), useLocked("gpus")].some(Boolean);
  if (isLocked) return null;
  return (
    <Select
      label="Machine"
      options={OPTIONS}
      value={machine?.name ?? OWN}
      hint={machine && `${formatCount(machine.hostGib)} GiB of host memory.`}
      onChange={(name) => void choose(name)}
    />
  );
};

/** Whether GPUs that divide matrices keep the logits divided for the loss: `loss=parallel` instead of `full`. */
const DividedLossControl = ({ whyNot }: Readonly<{ whyNot: string | undefined }>): ReactElement => {
  const { loss, tp } = useChoices("loss", "tp");
  const stack = useStack();
  const used = loss ?? stack.loss;
  const byStack = stack.loss === "parallel";
  const isWhole = used === "full" || used === "parallel";
  const checked = loss === "parallel" || (used === "parallel" && tp > 1);
  const alone = tp === 1 && !checked ? "Needs tensor parallel." : undefined;
  return (
    <Switch
      label="Loss over divided logits"
      locked={useLocked("loss")}
      checked={checked}
      hint={whyNot}
      override={isWhole ? stackOverride("loss", loss, byStack ? "On" : "Off") : null}
      disabledWhy={isWhole ? alone : "Needs the full loss."}
      onChange={(divides) => {
        const chosen = divides ? "parallel" : "full";
        changeChoices({ loss: divides === byStack ? null : chosen });
      }}
    />
  );
};

const RANKS = [
  { key: "tp", label: "Tensor parallel", hint: "GPUs that divide each matrix." },
  { key: "cp", label: "Context parallel", hint: "GPUs that divide each sequence." },
  { key: "ulysses", label: "Ulysses", hint: "GPUs that divide each sequence, and in attention the heads." },
  { key: "pp", label: "Pipeline stages", hint: "1F1B over the micro batches of gradient accumulation." },
  {
    key: "ep",
    label: "Expert parallel",
    hint: "GPUs that share out the experts, and send each other tokens for them.",
  },
] as const;

/** How many of several GPUs divide one model, and in which way; at a number that does not go with the model or the others, why. @internal */
export const DivisionControls = (): ReactElement => {
  const choices = useScenario((state) => state.choices);
  const locked = {
    tp: useLocked("tp"),
    sp: useLocked("sp"),
    cp: useLocked("cp"),
    ulysses: useLocked("ulysses"),
    pp: useLocked("pp"),
    ep: useLocked("ep"),
  };
  const whyNot = useWhyNot();
  const { hasFusedExperts } = useAnswer().modules;
  const offered = RANKS.filter(({ key }) => key !== "ep" || hasFusedExperts || choices.ep > 1);
  const [tensor, ...others] = offered.map(({ key, label, hint }) => (
    <NumberField
      key={key}
      label={label}
      locked={locked[key]}
      value={choices[key]}
      {...RANGES.tp}
      format={formatCount}
      hint={whyNot(key) ?? (choices[key] > 1 ? hint : null)}
      onChange={(count) => changeChoices({ [key]: count })}
    />
  ));
  return (
    <>
      {tensor}
      <Switch
        label="Sequence parallel"
        locked={locked.sp}
        checked={choices.sp}
        hint={whyNot("sp")}
        disabledWhy={choices.tp === 1 && !choices.sp ? "Needs tensor parallel." : undefined}
        onChange={(sp) => changeChoices({ sp })}
      />
      <DividedLossControl whyNot={whyNot("loss")} />
      {others}
    </>
  );
};

const SHARDING_OPTIONS = optionsOf(GPUS_WORDS.shard.values);
const OFFLOAD_OPTIONS = optionsOf(GPUS_WORDS.offload.values);

/** What each of several cards holds. */
export const SeveralGpusControls = (): ReactElement => {
  const choices = useScenario((state) => state.choices);
  const { gpus, shard, offload } = choices;
  const usual = impliedChoices({ ...choices, shard: null }).shard;
  const override =
    shard === null
      ? null
      : {
          sentence: `Changed. The default is ${GPUS_WORDS.shard.values[usual]}.`,
          reset: () => changeChoices({ shard: null }),
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
        onChange={(next) => changeChoices({ shard: next === usual ? null : next })}
      />
      {gpus > 1 && choices.objective === "sft" && <DivisionControls />}
      <Segmented
        label="Offload to the host"
        locked={useLocked("offload")}
        options={OFFLOAD_OPTIONS}
        value={offload}
        onChange={(next) => changeChoices({ offload: next })}
      />
    </>
  );
};
