// Controls for optimizer, checkpointing, kernels and the rest of the training step.

import type { ReactElement } from "react";
import { formatCount } from "#format/numbers.ts";
import { changeChoices } from "#scenario/page/actions.ts";
import { RANGES } from "#scenario/keys/choices.ts";
import type { SelectiveChoice } from "#scenario/keys/values.ts";
import { EVERY_LAYERS } from "#scenario/keys/codec/model-choice.ts";
import { useScenario, useAnswer, useChoices } from "#scenario/page/store.ts";
import { NumberField } from "#ui/NumberField.tsx";
import { Switch } from "#ui/Switch.tsx";
import { Segmented } from "#ui/RadioRow.tsx";
import { TRAINING_WORDS } from "#scenario/words/key-words.ts";
import { useWhyNot, useLocked } from "./control-state.ts";
import { optionsOf, stackOverride, useStack } from "./library-override.ts";
import { loraKernelsClash, resolvedLoss } from "#scenario/choices/resolve-stack.ts";
import type { LossChoice } from "#catalog/stack-row.ts";
import { Select } from "#ui/Select.tsx";
import { ReservedControls } from "./ReservedControls.tsx";

const OPTIONS = optionsOf(TRAINING_WORDS.selective.values);
type Way = keyof typeof TRAINING_WORDS.selective.values;

const wayOf = (choice: SelectiveChoice): Way => (typeof choice === "number" ? "every" : choice);
const ON_OR_OFF = { true: "On", false: "Off" } as const;

const HINTS: Readonly<Record<Way, string | null>> = {
  none: null,
  op: "Layers keep outputs of attention and of every other matrix product.",
  every: "The other layers keep all that they save.",
};

/** Where activations are until backward: which layers run again and what those keep, and whether the host has them. */
const ActivationControls = (): ReactElement => {
  const choices = useScenario((state) => state.choices);
  const stack = useStack();
  const locked = { selective: useLocked("selective"), actoffload: useLocked("actoffload") };
  const whyNot = useWhyNot();
  const own = stack.selective ?? "none";
  const selective = choices.selective ?? own;
  const choose = (next: SelectiveChoice): void => changeChoices({ selective: next === own ? null : next });
  const way = wayOf(selective);
  const isOffloaded = choices.actoffload ?? stack.checkpointsOffloaded;
  return (
    <>
      {choices.ckpt && (
        <Segmented
          label="Layers checkpointed"
          locked={locked.selective}
          options={OPTIONS}
          value={way}
          hint={whyNot("selective") ?? HINTS[way]}
          override={stackOverride("selective", choices.selective, TRAINING_WORDS.selective.values[wayOf(own)])}
          onChange={(next) => choose(next === "every" ? EVERY_LAYERS.min : next)}
        />
      )}
      {choices.ckpt && typeof selective === "number" && (
        <NumberField
          label="Layers for each checkpoint"
          locked={locked.selective}
          value={selective}
          {...EVERY_LAYERS}
          format={formatCount}
          onChange={(every) => changeChoices({ selective: every })}
        />
      )}
      {choices.objective === "sft" && (
        <Switch
          label="Activations in host memory"
          locked={locked.actoffload}
          checked={isOffloaded}
          hint={whyNot("actoffload")}
          override={stackOverride("actoffload", choices.actoffload, ON_OR_OFF[`${stack.checkpointsOffloaded}`])}
          onChange={(on) => changeChoices({ actoffload: on === stack.checkpointsOffloaded ? null : on })}
        />
      )}
    </>
  );
};

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
      onChange={(on) => changeChoices({ [field]: on === own ? null : on })}
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

/** How checkpoints run, and which kernels stand in for modules. @internal */
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

const { parallel: _, ...LOSSES_HERE } = TRAINING_WORDS.loss.values;
const LOSS_OPTIONS = optionsOf(LOSSES_HERE);

type Shown = keyof typeof LOSSES_HERE;

/** Whether logits stay divided is said beside the division. */
const shownLoss = (loss: LossChoice): Shown => (loss === "parallel" ? "full" : loss);
const ATTENTION_OPTIONS = optionsOf(TRAINING_WORDS.attn.values);
const OPTIMIZER_OPTIONS = optionsOf(TRAINING_WORDS.optim.values);

/** How the loss is made of the last hidden states; other objectives than SFT have one of their own. */
const LossControl = (): ReactElement => {
  const choices = useChoices("stack", "objective", "loss", "liger", "tp");
  const [loss, usual] = [choices, { ...choices, loss: null }].map((each) => shownLoss(resolvedLoss(each))) as [
    Shown,
    Shown,
  ];
  return (
    <Segmented
      label="Loss"
      locked={useLocked("loss")}
      options={LOSS_OPTIONS}
      value={loss}
      override={stackOverride("loss", loss === usual ? null : loss, TRAINING_WORDS.loss.values[usual])}
      onChange={(chosen) => changeChoices({ loss: chosen === usual ? null : chosen })}
    />
  );
};

/** Whether rows fill the sequence; those of other objectives than SFT never do. */
const PackingControl = (): ReactElement => {
  const { packing } = useChoices("packing");
  return (
    <Switch
      label="Packing"
      locked={useLocked("packing")}
      checked={packing}
      hint={packing ? null : "Rows are padded to the sequence length."}
      onChange={(on) => changeChoices({ packing: on })}
    />
  );
};

/** How a training step is done. Choosing what the stack does anyway is no change. */
export const TrainingControls = (): ReactElement => {
  const choices = useChoices("objective", "attn", "optim", "accum", "ckpt");
  const stack = useStack();
  const { resolved, usualAttention } = useAnswer();
  const isSft = choices.objective === "sft";
  return (
    <>
      {isSft && <LossControl />}
      <Segmented
        label="Attention"
        locked={useLocked("attn")}
        options={ATTENTION_OPTIONS}
        value={choices.attn ?? resolved.attn}
        override={stackOverride(
          "attn",
          choices.attn === usualAttention ? null : choices.attn,
          TRAINING_WORDS.attn.values[usualAttention],
        )}
        onChange={(attn) => changeChoices({ attn: attn === usualAttention ? null : attn })}
      />
      <Select
        label="Optimizer"
        locked={useLocked("optim")}
        options={OPTIMIZER_OPTIONS}
        value={choices.optim ?? stack.optim}
        override={stackOverride("optim", choices.optim, TRAINING_WORDS.optim.values[stack.optim])}
        onChange={(optim) => changeChoices({ optim: optim === stack.optim ? null : optim })}
      />
      <NumberField
        label="Gradient accumulation"
        locked={useLocked("accum")}
        value={choices.accum}
        {...RANGES.accum}
        format={formatCount}
        onChange={(accum) => changeChoices({ accum })}
      />
      <Switch
        label="Gradient checkpointing"
        locked={useLocked("ckpt")}
        checked={choices.ckpt}
        onChange={(ckpt) => changeChoices({ ckpt })}
      />
      <ActivationControls />
      <KernelControls />
      {isSft && <PackingControl />}
      <ReservedControls />
    </>
  );
};
