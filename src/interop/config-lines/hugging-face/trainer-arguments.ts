import type { OptimizerId } from "#calc/model/scenario.ts";
import type { ChosenRun } from "#interop/config-lines/chosen-run.ts";
import type { Setting, Value } from "#interop/config-lines/setting.ts";
import { trainerOptimizer } from "./trainer-optimizers.ts";
import { wholeLayers } from "#interop/config-lines/whole-layers.ts";

/** What a child of `TrainingArguments` changes of it. */
type Arguments = Readonly<{
  tool: string;
  /** The class. */
  within: string;
  optim: OptimizerId;
  /** Whether bf16 is on unless fp16 is. */
  isBf16: boolean;
  /** Whether every file names its micro steps: there they are not 1 by themselves. */
  namesSteps?: boolean;
}>;

/** Batch, type and optimizer: what transformers' Trainer and its children have in common. @see transformers@5.14.1:training_args.py */
export const trainerArguments = (
  run: ChosenRun,
  { tool, within, optim, isBf16, namesSteps = false }: Arguments,
): readonly Setting[] => {
  const { choices, resolved } = run;
  const isFp16 = resolved.autocast && resolved.compute === "fp16";
  return [
    // Every script names the batch; 8 is the default.
    { within, field: "per_device_train_batch_size", value: choices.batch },
    { within, field: "gradient_accumulation_steps", value: choices.accum, ...(!namesSteps && { otherwise: 1 }) },
    { within, field: "bf16", value: resolved.autocast && resolved.compute === "bf16", otherwise: isBf16 && !isFp16 },
    { within, field: "fp16", value: isFp16, otherwise: false },
    ...trainerOptimizer(run, { tool, within, field: "optim", otherwise: optim }),
  ];
};

type Checkpointing = Readonly<{ tool: string; within: string; isOn: boolean }>;

/** Layers checkpointed whole; the Trainer knows no other way. @see transformers@5.14.1:training_args.py, gradient_checkpointing */
export const trainerCheckpointing = (run: ChosenRun, { tool, within, isOn }: Checkpointing): Setting =>
  wholeLayers(run, tool, { within, field: "gradient_checkpointing", value: run.choices.ckpt, otherwise: isOn });

/**
 * How checkpoints run, where it is not as by themselves: up to version 4 they are reentrant unless it is told otherwise.
 *
 * @see transformers 4.35: training_args.py, gradient_checkpointing_kwargs (none in 4.34); modeling_utils.py, gradient_checkpointing_enable
 */
export const trainerReentrance = (
  { choices, resolved: { reentrant }, usual }: ChosenRun,
  { within, otherwise }: Readonly<{ within: string; otherwise: boolean }>,
): readonly Setting[] => {
  const valueOf = (use_reentrant: boolean): Value => ({ fields: { use_reentrant } });
  return choices.ckpt
    ? [
        {
          within,
          field: "gradient_checkpointing_kwargs",
          value: valueOf(reentrant ?? otherwise),
          otherwise: valueOf(usual.reentrant ?? otherwise),
          versions: "From transformers 4.35.",
        },
      ]
    : [];
};
