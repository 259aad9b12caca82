import type { ReactElement } from "react";
import { askedReference } from "#scenario/choices/asked-objective.ts";
import { hasDynamicBase } from "#scenario/choices/dynamic-base.ts";
import { isFourBit } from "#scenario/choices/is-four-bit.ts";
import { STACK_WORDS } from "#scenario/words/stack.ts";
import { change } from "#scenario/page/actions.ts";
import { useChoices } from "#scenario/page/use-choices.ts";
import { Chips } from "#ui/Chips.tsx";
import { Switch } from "#ui/Switch.tsx";
import { optionsOf } from "./options.ts";
import { useLocked } from "./use-locked.ts";
import { useUnknown } from "./use-unknown.ts";

const QUANT_OPTIONS = optionsOf(STACK_WORDS.quant.values);
const NO_LIST = "Only where it is known what stays in 16 bits: paste the config.json of the checkpoint.";
const WITHOUT_DYNAMIC = QUANT_OPTIONS.map((option) =>
  option.value === "unsloth-dynamic" ? { ...option, disabledWhy: NO_LIST } : option,
);
const QLORA_ONLY = "QLoRA only.";

const dqHint = (isQlora: boolean, isPacked: boolean): string | null => {
  if (isQlora) return null;
  return isPacked ? "Of the reference in 4 bits." : QLORA_ONLY;
};

/** How QLoRA's base is stored, and of a reference in 4 bits its statistics. */
export const QuantControls = (): ReactElement => {
  const choices = useChoices("model", "quant", "dq", "method", "show", "objective", "ref", "beta");
  const unknown = useUnknown("quant");
  const isQlora = choices.show.includes("qlora");
  const isPacked = choices.show.some((method) => askedReference(choices, method) === "copy-4bit");
  const is4bit = isFourBit(choices.quant) || isPacked;
  return (
    <>
      <Chips
        label="Quantised base"
        locked={useLocked("quant")}
        choose="one"
        options={hasDynamicBase(choices) ? QUANT_OPTIONS : WITHOUT_DYNAMIC}
        selected={unknown === undefined ? [choices.quant] : []}
        unlisted={unknown}
        hint={isQlora ? quantHint(choices.method === "qlora") : QLORA_ONLY}
        onChange={([quant = choices.quant]) => change({ quant, method: "qlora", show: withQlora(choices.show) })}
      />
      <Switch
        label="Double quantization"
        locked={useLocked("dq")}
        checked={choices.dq && is4bit}
        disabledWhy={is4bit ? undefined : "4-bit only."}
        hint={dqHint(isQlora, isPacked)}
        onChange={(dq) => change({ dq })}
      />
    </>
  );
};

const quantHint = (isFocused: boolean): string | null => (isFocused ? null : "Changing this switches to QLoRA.");

const withQlora = (show: readonly ("full" | "lora" | "qlora")[]): readonly ("full" | "lora" | "qlora")[] =>
  show.includes("qlora") ? show : [...show, "qlora"];
