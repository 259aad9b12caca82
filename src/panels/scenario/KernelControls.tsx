import type { ReactElement } from "react";
import { change } from "#scenario/page/actions.ts";
import { useAnswer, useScenario } from "#scenario/page/store.ts";
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

/** How checkpoints run, and which kernels stand in for modules. */
export const KernelControls = (): ReactElement => {
  const choices = useScenario((state) => state.choices);
  const { resolved, gpu } = useAnswer();
  const { reentrant, kernels } = useStack();
  const isSettled = choices.reentrant === null && reentrant !== undefined && resolved.reentrant !== reentrant;
  // A library leaves them out by itself where they cannot run.
  const ownLora = kernels?.lora === undefined ? undefined : kernels.lora && gpu.traits.triton;
  const suits = choices.show.some((method) => loraKernelsClash(choices, method) === null);
  return (
    <>
      <LibrarySwitch
        field="reentrant"
        label="Reentrant checkpoints"
        own={choices.ckpt ? reentrant : undefined}
        settled={resolved.reentrant}
        disabledWhy={isSettled ? "Settled by this model’s code, or by the library with these choices." : undefined}
      />
      <LibrarySwitch
        field="liger"
        label="Liger’s kernels"
        own={kernels?.liger}
        hint="Norms, gated MLPs and rotary embedding; a fused loss unless another is chosen."
      />
      <LibrarySwitch
        field="lorakernels"
        label="Fused LoRA kernels"
        own={ownLora}
        settled={suits ? null : false}
        disabledWhy={suits ? undefined : "LoRA beside a base of 16 or 4 bits only."}
        hint={gpu.traits.triton ? undefined : "Written in Triton, which this card has not."}
      />
    </>
  );
};
