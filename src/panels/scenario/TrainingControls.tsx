import type { ReactElement } from "react";
import type { LossChoice } from "#catalog/stack-row.ts";
import { formatCount } from "#format/count.ts";
import { change } from "#scenario/page/actions.ts";
import { resolvedLoss } from "#scenario/choices/resolve-stack.ts";
import { useAnswer } from "#scenario/page/store.ts";
import { useChoices } from "#scenario/page/use-choices.ts";
import { NumberField } from "#ui/NumberField.tsx";
import { Segmented } from "#ui/Segmented.tsx";
import { Select } from "#ui/Select.tsx";
import { Switch } from "#ui/Switch.tsx";
import { ActivationControls } from "./ActivationControls.tsx";
import { TRAINING_WORDS } from "#scenario/words/training.ts";
import { KernelControls } from "./KernelControls.tsx";
import { optionsOf } from "./options.ts";
import { ReservedControls } from "./ReservedControls.tsx";
import { stackOverride } from "./stack-override.ts";
import { useLocked } from "./use-locked.ts";
import { useStack } from "./use-stack.ts";

const { parallel: _, ...LOSSES_HERE } = TRAINING_WORDS.loss.values;
const LOSS_OPTIONS = optionsOf(LOSSES_HERE);

type Shown = keyof typeof LOSSES_HERE;

/** Whether logits stay divided is said beside the division. */
const shownLoss = (loss: LossChoice): Shown => (loss === "parallel" ? "full" : loss);
const ATTENTION_OPTIONS = optionsOf(TRAINING_WORDS.attn.values);
const OPTIMIZER_OPTIONS = optionsOf(TRAINING_WORDS.optim.values);
/** The most that a link may carry. */
const MOST_STEPS = 4096;

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
      onChange={(chosen) => change({ loss: chosen === usual ? null : chosen })}
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
      onChange={(on) => change({ packing: on })}
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
        onChange={(attn) => change({ attn: attn === usualAttention ? null : attn })}
      />
      <Select
        label="Optimizer"
        locked={useLocked("optim")}
        options={OPTIMIZER_OPTIONS}
        value={choices.optim ?? stack.optim}
        override={stackOverride("optim", choices.optim, TRAINING_WORDS.optim.values[stack.optim])}
        onChange={(optim) => change({ optim: optim === stack.optim ? null : optim })}
      />
      <NumberField
        label="Gradient accumulation"
        locked={useLocked("accum")}
        value={choices.accum}
        min={1}
        max={MOST_STEPS}
        format={formatCount}
        onChange={(accum) => change({ accum })}
      />
      <Switch
        label="Gradient checkpointing"
        locked={useLocked("ckpt")}
        checked={choices.ckpt}
        onChange={(ckpt) => change({ ckpt })}
      />
      <ActivationControls />
      <KernelControls />
      {isSft && <PackingControl />}
      <ReservedControls />
    </>
  );
};
