import type { ReactElement } from "react";
import { STACK_NOTES } from "#catalog/stack-notes.ts";
import { isStackId, STACK_GROUPS, type StackId } from "#catalog/stacks.ts";
import { change } from "#scenario/page/actions.ts";
import { useChoices } from "#scenario/page/use-choices.ts";
import { Chips } from "#ui/Chips.tsx";
import { Segmented } from "#ui/Segmented.tsx";
import { Select } from "#ui/Select.tsx";
import { Switch } from "#ui/Switch.tsx";
import { ComputeControl } from "./ComputeControl.tsx";
import { ExpertControls } from "./ExpertControls.tsx";
import { KBIT_NAMES, QUANT_NAMES } from "#scenario/choices/value-names.ts";
import { optionsOf } from "./options.ts";
import { stackOverride } from "./stack-override.ts";
import { useLocked } from "./use-locked.ts";
import { useStack } from "./use-stack.ts";

const STACK_OPTIONS = STACK_GROUPS.map(({ label, rows }) => ({
  label,
  options: Object.entries(rows).map(([value, { name }]) => ({ value, label: name })),
}));
const KBIT_OPTIONS = optionsOf(KBIT_NAMES);
const QUANT_OPTIONS = optionsOf(QUANT_NAMES);
const QLORA_ONLY = "QLoRA only.";

/** The training library, and what it decides about number formats. */
export const StackControls = (): ReactElement => {
  const choices = useChoices("stack", "autocast", "quant", "dq", "kbit", "method", "show");
  const stack = useStack();
  const isQlora = choices.show.includes("qlora");
  const is4bit = choices.quant === "nf4" || choices.quant === "fp4";
  return (
    <>
      <Select
        label="Stack"
        locked={useLocked("stack")}
        options={STACK_OPTIONS}
        value={choices.stack}
        hint={isStackId(choices.stack) ? <StackHint stack={choices.stack} /> : null}
        onChange={(id) => {
          if (isStackId(id)) change({ stack: id });
        }}
      />
      <ComputeControl />
      <Switch
        label="Autocast"
        locked={useLocked("autocast")}
        checked={choices.autocast ?? stack.autocast}
        override={stackOverride("autocast", choices.autocast, stack.autocast ? "On" : "Off")}
        onChange={(autocast) => change({ autocast: autocast === stack.autocast ? null : autocast })}
      />
      <Segmented
        label="Quantised base"
        locked={useLocked("quant")}
        options={QUANT_OPTIONS}
        value={choices.quant}
        hint={isQlora ? quantHint(choices.method === "qlora") : QLORA_ONLY}
        onChange={(quant) => change({ quant, method: "qlora", show: withQlora(choices.show) })}
      />
      <Switch
        label="Double quantization"
        locked={useLocked("dq")}
        checked={choices.dq && is4bit}
        disabledWhy={is4bit ? undefined : "4-bit only."}
        hint={isQlora ? null : QLORA_ONLY}
        onChange={(dq) => change({ dq })}
      />
      <ExpertControls />
      <Chips
        label="k-bit preparation"
        locked={useLocked("kbit")}
        choose="one"
        options={KBIT_OPTIONS}
        selected={[choices.kbit ?? stack.kbitPreparation]}
        override={stackOverride("kbit", choices.kbit, KBIT_NAMES[stack.kbitPreparation])}
        hint="How the parameters that are not quantised are cast."
        onChange={([kbit = null]) => change({ kbit: kbit === stack.kbitPreparation ? null : kbit })}
      />
    </>
  );
};

const StackHint = ({ stack }: Readonly<{ stack: StackId }>): ReactElement => (
  <>
    {STACK_NOTES[stack].summary} <a href="#libraries">What this changes, in bytes</a>
  </>
);

const quantHint = (isFocused: boolean): string | null => (isFocused ? null : "Changing this switches to QLoRA.");

const withQlora = (show: readonly ("full" | "lora" | "qlora")[]): readonly ("full" | "lora" | "qlora")[] =>
  show.includes("qlora") ? show : [...show, "qlora"];
