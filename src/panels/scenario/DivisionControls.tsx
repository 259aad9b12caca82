import type { ReactElement } from "react";
import { formatCount } from "#format/count.ts";
import { change } from "#scenario/page/actions.ts";
import { RANGES } from "#scenario/keys/ranges.ts";
import { useAnswer, useScenario } from "#scenario/page/store.ts";
import { NumberField } from "#ui/NumberField.tsx";
import { Switch } from "#ui/Switch.tsx";
import { DividedLossControl } from "./DividedLossControl.tsx";
import { useLocked } from "./use-locked.ts";
import { useWhyNot } from "./use-why-not.ts";

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

/** How many of several GPUs divide one model, and in which way; at a number that does not go with the model or the others, why. */
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
      onChange={(count) => change({ [key]: count })}
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
        onChange={(sp) => change({ sp })}
      />
      <DividedLossControl whyNot={whyNot("loss")} />
      {others}
    </>
  );
};
