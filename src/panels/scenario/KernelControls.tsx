import type { ReactElement } from "react";
import { change } from "#scenario/page/actions.ts";
import { useAnswer, useScenario } from "#scenario/page/store.ts";
import { useChoices } from "#scenario/page/use-choices.ts";
import { loraKernelsClash } from "#scenario/choices/lora-kernels-clash.ts";
import { Switch } from "#ui/Switch.tsx";
import { stackOverride } from "./stack-override.ts";
import { useLocked } from "./use-locked.ts";
import { useStack } from "./use-stack.ts";
import { useWhyNot } from "./use-why-not.ts";

type Setting = Readonly<{
  field: "liger" | "lorakernels" | "reentrant";
  label: string;
  /** What the library does; absent: it has no such setting, and nothing is shown. */
  own: boolean | undefined;
  /** Where other choices decide it. */
  settled?: boolean | null;
  hint?: string | undefined;
  disabledWhy?: string | undefined;
}>;

/** A setting that some libraries have. */
const LibrarySwitch = ({ field, label, own, settled, hint, disabledWhy }: Setting): ReactElement | null => {
  const chosen = useScenario(({ choices }) => choices[field]);
  const locked = useLocked(field);
  const whyNot = useWhyNot();
  return own === undefined ? null : (
    <Switch
      label={label}
      locked={locked}
      checked={settled ?? chosen ?? own}
      disabledWhy={disabledWhy}
      hint={whyNot(field) ?? hint}
      override={stackOverride(field, chosen, own ? "On" : "Off")}
      onChange={(on) => change({ [field]: on === own ? null : on })}
    />
  );
};

/** Whether checkpoints are reentrant: as the library has them, unless this model's code or other choices settle it. */
const ReentrantSwitch = (): ReactElement => {
  const { ckpt, reentrant: chosen } = useChoices("ckpt", "reentrant");
  const { resolved } = useAnswer();
  const { reentrant: own } = useStack();
  const isSettled = chosen === null && resolved.reentrant !== (own ?? null);
  return (
    <LibrarySwitch
      field="reentrant"
      label="Reentrant checkpoints"
      own={ckpt ? own : undefined}
      settled={resolved.reentrant}
      disabledWhy={isSettled ? "Settled by this model’s code, or by the library with these choices." : undefined}
    />
  );
};

/** Kernels for linears with their adapters. A library leaves them out by itself where they cannot run. */
const LoraKernelsSwitch = (): ReactElement => {
  const choices = useScenario((state) => state.choices);
  const { triton } = useAnswer().gpu.traits;
  const own = useStack().kernels?.lora;
  const suits = choices.show.some((method) => loraKernelsClash(choices, method) === null);
  return (
    <LibrarySwitch
      field="lorakernels"
      label="Fused LoRA kernels"
      own={own && triton}
      settled={suits ? null : false}
      disabledWhy={suits ? undefined : "LoRA beside a base of 16 or 4 bits only."}
      hint={triton ? undefined : "Written in Triton, which this card has not."}
    />
  );
};

/** How checkpoints run, and which kernels stand in for modules. */
export const KernelControls = (): ReactElement => (
  <>
    <ReentrantSwitch />
    <LibrarySwitch
      field="liger"
      label="Liger’s kernels"
      own={useStack().kernels?.liger}
      hint="Norms, gated MLPs and rotary embedding; a fused loss unless another is chosen."
    />
    <LoraKernelsSwitch />
  </>
);
