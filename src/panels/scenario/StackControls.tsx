// Controls for the training library, quantization and number formats.

import type { ReactElement } from "react";
import { STACK_WORDS } from "#scenario/words/key-words.ts";
import { defaultComputeType, expertReadOf, isFourBit } from "#scenario/choices/resolve-stack.ts";
import { changeChoices } from "#scenario/page/actions.ts";
import { useAnswer, useChoices } from "#scenario/page/store.ts";
import { Switch } from "#ui/Switch.tsx";
import { Segmented } from "#ui/RadioRow.tsx";
import { useWhyNot, useUnknown, useLocked } from "./control-state.ts";
import { optionsOf, stackOverride, useStack } from "./library-override.ts";
import type { PageAnswer } from "#service/answers/page-answer.ts";
import type { ExpertRead, ExpertsChoice } from "#scenario/keys/values.ts";
import { referenceInEffect } from "#scenario/choices/objective-settings.ts";
import { hasDynamicBase } from "#scenario/choices/dynamic-quantization.ts";
import { Chips } from "#ui/Chips.tsx";
import type { ObjectiveId } from "#calc/model/objective.ts";
import { stackLibrary, libraryWords } from "#catalog/stack-library.ts";
import { STACK_NOTES } from "#catalog/stack-notes.ts";
import { isStackId, STACK_GROUPS, type StackId } from "#catalog/stacks.ts";
import { supportsObjective } from "#catalog/library-objectives.ts";
import { Select } from "#ui/Select.tsx";

const OPTIONS = optionsOf(STACK_WORDS.compute.values);

/** The type that matrix products are computed in. What the stack takes on the chosen card is no change. */
const ComputeControl = (): ReactElement => {
  const choices = useChoices("compute", "stack");
  const { gpu } = useAnswer();
  const usual = defaultComputeType(choices, gpu.traits);
  return (
    <Segmented
      label="Compute type"
      locked={useLocked("compute")}
      options={OPTIONS}
      value={choices.compute ?? usual}
      override={stackOverride("compute", choices.compute, usual)}
      hint={gpu.traits.compute === "bf16" ? null : `${gpu.shortName} has no bf16.`}
      onChange={(compute) => changeChoices({ compute: compute === usual ? null : compute })}
    />
  );
};

/** gpt-oss alone is published in MXFP4. */
const ALL = optionsOf(STACK_WORDS.experts.values);
const USUAL = ALL.filter(({ value }) => value !== "mxfp4");
const READS = optionsOf(STACK_WORDS.expertread.values);

const HINTS: Readonly<Record<ExpertRead, string>> = {
  saved: "16-bit copies stay until backward: those of one layer with checkpointing, of all without. Axolotl does so.",
  rebuilt: "16-bit copies serve one product at a time, and are made again in backward. Unsloth does so.",
};

/** How QLoRA has the experts as the answer counts them; null for a model without fused experts, and where QLoRA is not shown. */
const usedExperts = ({
  methods,
  modules,
}: PageAnswer): Readonly<{ stored: ExpertsChoice; read: ExpertRead | null }> | null => {
  const method = methods.find((run) => run.method === "qlora")?.scenario.method;
  if (method?.kind !== "qlora" || !modules.hasFusedExperts) return null;
  return { stored: method.experts?.stored ?? "16bit", read: method.experts?.read ?? null };
};

/** For how long 16-bit weights of packed experts live. */
const ReadControl = ({ read }: Readonly<{ read: ExpertRead }>): ReactElement => {
  const { stack, expertread } = useChoices("stack", "expertread");
  const locked = useLocked("expertread");
  const own = expertReadOf({ stack, expertread: null });
  return (
    <Segmented
      label="Reading of experts"
      locked={locked}
      options={READS}
      value={read}
      override={stackOverride("expertread", expertread, STACK_WORDS.expertread.values[own])}
      hint={HINTS[read]}
      onChange={(next) => changeChoices({ expertread: next === own ? null : next })}
    />
  );
};

/** How fused experts of a quantised base are stored, and for how long their 16-bit weights live. Only for models that have such. @internal */
export const ExpertControls = (): ReactElement | null => {
  const answer = useAnswer();
  const { experts: chosen } = useChoices("experts");
  const locked = useLocked("experts");
  const whyNot = useWhyNot();
  const used = usedExperts(answer);
  if (used === null) return null;
  const { usualExperts: own } = answer;
  return (
    <>
      <Segmented
        label="Experts"
        locked={locked}
        options={answer.model.architecture.model_type === "gpt_oss" ? ALL : USUAL}
        value={chosen ?? used.stored}
        override={stackOverride("experts", chosen, STACK_WORDS.experts.values[own])}
        hint={
          whyNot("experts") ??
          "transformers 5 fuses the experts of a layer into two parameters, which bitsandbytes alone leaves in 16 bits."
        }
        onChange={(experts) => changeChoices({ experts: experts === own ? null : experts })}
      />
      {used.read !== null && <ReadControl read={used.read} />}
    </>
  );
};

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

/** How QLoRA's base is stored, and of a reference in 4 bits its statistics. @internal */
export const QuantControls = (): ReactElement => {
  const choices = useChoices("model", "quant", "dq", "method", "show", "objective", "ref", "beta");
  const unknown = useUnknown("quant");
  const isQlora = choices.show.includes("qlora");
  const isPacked = choices.show.some((method) => referenceInEffect(choices, method) === "copy-4bit");
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
        onChange={([quant = choices.quant]) => changeChoices({ quant, method: "qlora", show: withQlora(choices.show) })}
      />
      <Switch
        label="Double quantization"
        locked={useLocked("dq")}
        checked={choices.dq && is4bit}
        disabledWhy={is4bit ? undefined : "4-bit only."}
        hint={dqHint(isQlora, isPacked)}
        onChange={(dq) => changeChoices({ dq })}
      />
    </>
  );
};

const quantHint = (isFocused: boolean): string | null => (isFocused ? null : "Changing this switches to QLoRA.");

const withQlora = (show: readonly ("full" | "lora" | "qlora")[]): readonly ("full" | "lora" | "qlora")[] =>
  show.includes("qlora") ? show : [...show, "qlora"];

/** The libraries that train for something, under their headings. */
const stackOptions = (objective: ObjectiveId) =>
  STACK_GROUPS.map(({ label, rows }) => ({
    label,
    options: Object.entries(rows)
      .filter(([value]) => supportsObjective(value, objective))
      .map(([value, { name }]) => ({ value, label: name })),
  })).filter(({ options }) => options.length > 0);
const KBIT_OPTIONS = optionsOf(STACK_WORDS.kbit.values);

/** The training library, and what it decides about number formats. */
export const StackControls = (): ReactElement => {
  const choices = useChoices("stack", "objective", "autocast", "kbit");
  const stack = useStack();
  const unknown = useUnknown("stack");
  return (
    <>
      <Select
        label="Stack"
        locked={useLocked("stack")}
        options={stackOptions(choices.objective)}
        value={choices.stack}
        unlisted={unknown}
        hint={isStackId(choices.stack) && unknown === undefined ? <StackHint stack={choices.stack} /> : null}
        onChange={(id) => {
          if (isStackId(id)) changeChoices({ stack: id });
        }}
      />
      <ComputeControl />
      <Switch
        label="Autocast"
        locked={useLocked("autocast")}
        checked={choices.autocast ?? stack.autocast}
        override={stackOverride("autocast", choices.autocast, stack.autocast ? "On" : "Off")}
        onChange={(autocast) => changeChoices({ autocast: autocast === stack.autocast ? null : autocast })}
      />
      <QuantControls />
      <ExpertControls />
      <Chips
        label="k-bit preparation"
        locked={useLocked("kbit")}
        choose="one"
        options={KBIT_OPTIONS}
        selected={[choices.kbit ?? stack.kbitPreparation]}
        override={stackOverride("kbit", choices.kbit, STACK_WORDS.kbit.values[stack.kbitPreparation])}
        hint="How the parameters that are not quantised are cast."
        onChange={([kbit = null]) => changeChoices({ kbit: kbit === stack.kbitPreparation ? null : kbit })}
      />
    </>
  );
};

const StackHint = ({ stack }: Readonly<{ stack: StackId }>): ReactElement => (
  <>
    {libraryWords(stackLibrary(stack))} {STACK_NOTES[stack].summary}{" "}
    <a href="#libraries">What this changes, in bytes</a>
  </>
);
