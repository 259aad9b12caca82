// TrainingArguments: batch, optimizer, checkpointing, Liger kernels, evaluation, saving.

import type { OptimizerId } from "#calc/model/scenario.ts";
import { type ChosenRun, chosenSharding } from "#interop/config-lines/chosen-run.ts";
import type { Setting, Value } from "#interop/config-lines/setting.ts";
import {
  missingField,
  WITH_BITSANDBYTES,
  wholeLayers,
  libraryDefault,
} from "#interop/config-lines/unwritten-settings.ts";

type Named = Readonly<{ optim: string; versions?: string; optim_args?: string; optim_target_modules?: string }>;

/**
 * Our names of optimizers are those of `optim`, a few apart. Versions: the first wheel on PyPI that has the name, among those read.
 *
 * @see transformers@5.14.1:training_args.py, OptimizerNames; trainer_optimizer.py
 */
const NAMES: Readonly<Partial<Record<OptimizerId, Named>>> = {
  adamw_torch: { optim: "adamw_torch" },
  adamw_torch_fused: { optim: "adamw_torch_fused" },
  adamw_bnb_8bit: { optim: "adamw_bnb_8bit", versions: WITH_BITSANDBYTES },
  paged_adamw_8bit: { optim: "paged_adamw_8bit", versions: "From transformers 4.30, with bitsandbytes installed." },
  paged_adamw_32bit: { optim: "paged_adamw_32bit", versions: "From transformers 4.30, with bitsandbytes installed." },
  adafactor: { optim: "adafactor" },
  lion: { optim: "lion_32bit", versions: "From transformers 4.30, with bitsandbytes installed." },
  sgd: { optim: "sgd" },
  // transformers@5.14.1:trainer_optimizer.py, _get_sgd; in 4.57.6 SGD takes no arguments.
  sgd_momentum: { optim: "sgd", optim_args: "momentum=0.9", versions: "After transformers 4.57." },
  galore_adamw: {
    optim: "galore_adamw",
    optim_target_modules: "all-linear",
    versions: "From transformers 4.39, with galore-torch installed.",
  },
  apollo_adamw: {
    optim: "apollo_adamw",
    optim_target_modules: "all-linear",
    versions: "From transformers 4.49, with apollo-torch installed.",
  },
  adamw_torch_8bit: { optim: "adamw_torch_8bit", versions: "From transformers 4.45, with torchao installed." },
  adamw_torch_4bit: { optim: "adamw_torch_4bit", versions: "From transformers 4.45, with torchao installed." },
  adamw_apex_fused: { optim: "adamw_apex_fused", versions: "Up to transformers 4.57, with apex installed." },
  lomo: { optim: "lomo", versions: "From transformers 4.42, with lomo-optim installed." },
  adalomo: { optim: "adalomo", versions: "From transformers 4.42, with lomo-optim installed." },
};

type Place = Readonly<{ tool: string; within: string; field: string; otherwise: OptimizerId }>;

/** The optimizer of a library that trains with transformers' Trainer, and what it asks for beside its name. */
export const trainerOptimizer = (run: ChosenRun, { tool, within, field, otherwise }: Place): readonly Setting[] => {
  const named = NAMES[run.resolved.optim];
  if (named === undefined) return [missingField(run, [tool, "optimizer"], { name: `${within}.${field}` })];
  const { optim, versions, optim_args = null, optim_target_modules = null } = named;
  return [
    { within, field, value: optim, otherwise, ...(versions !== undefined && { versions }) },
    { within, field: "optim_args", value: optim_args, otherwise: null },
    { within, field: "optim_target_modules", value: optim_target_modules, otherwise: null },
  ];
};

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

/** The batch of an evaluation that nobody set, whatever that of training is. @see transformers 5.24: training_args.py, per_device_eval_batch_size */
const USUAL_BATCH = 8;

const isLossAlone = ({ choices: { evalkeep, evalgen } }: ChosenRun): boolean => evalkeep === "loss" && evalgen === 0;

/** Whether metrics need more than the loss is decided by `compute_metrics`, and can be taken back by a field. */
const kept = (run: ChosenRun, within: string): readonly Setting[] => {
  const { evalmove, evallist } = run.choices;
  return [
    { within, field: "prediction_loss_only", value: isLossAlone(run), otherwise: true },
    { within, field: "eval_accumulation_steps", value: evalmove === 0 ? null : evalmove, otherwise: null },
    {
      within,
      field: "eval_do_concat_batches",
      value: !evallist,
      otherwise: true,
      // transformers 4.40: training_args.py (none in 4.39)
      versions: "From transformers 4.40.",
    },
  ];
};

type Evaluating = Readonly<{
  tool: string;
  /** The class of the arguments, and the batch that it takes by itself. */
  within: string;
  usualBatch?: number;
  /** The class that takes functions; absent: nothing of this library does. */
  trainer?: string;
}>;

/** What is kept of logits is a function's choice, which a file of fields cannot name. @see transformers 5.24: trainer.py, preprocess_logits_for_metrics */
const argmax = (run: ChosenRun, { tool, trainer }: Evaluating): Setting => {
  const field = "preprocess_logits_for_metrics";
  const isOn = run.choices.evalkeep === "argmax";
  if (trainer === undefined)
    return {
      name: field,
      chosen: String(isOn),
      sentence: `${tool} has no field for keeping the argmax of logits: it is ${field} of the Trainer.`,
      when: isOn ? "chosen" : "taken-back",
    };
  const code = isOn ? "lambda logits, labels: logits.argmax(dim=-1)" : "None";
  return { within: trainer, field, value: { code }, otherwise: { code: "None" } };
};

/** An evaluation, by the names of transformers' Trainer; nothing where none is counted. @see transformers 5.24: training_args.py */
export const trainerEvaluation = (run: ChosenRun, of: Evaluating): readonly Setting[] => {
  if (run.choices.eval === 0) return [];
  const { tool, within, usualBatch = USUAL_BATCH } = of;
  return [
    { within, field: "per_device_eval_batch_size", value: run.choices.eval, otherwise: usualBatch },
    ...kept(run, within),
    argmax(run, of),
    missingField(run, [tool, "evaluationLength"], { instead: "rows are cut where they become tokens" }),
  ];
};

/** What is written: under FSDP each rank's part by an option of accelerate's launcher, adapters by themselves. */
export const trainerSaving = (run: ChosenRun, tool: string): readonly Setting[] =>
  run.choices.saving === "sharded" && chosenSharding(run).kind === "fsdp" ? [] : [missingField(run, [tool, "saving"])];

/** Adapters merged by a call at the end of a script. @see peft 0.21: tuners/tuners_utils.py, merge_and_unload */
export const mergeCall = (run: ChosenRun): Setting => {
  const call = { 0: null, 1: "", safe: "safe_merge=True" }[run.choices.merge];
  return { name: "merge", statement: call === null ? null : `model = model.merge_and_unload(${call})` };
};

/** Adapters merged by a command of its own, after training and in another process. */
export const mergedElsewhere = (run: ChosenRun, tool: string, command: string): Setting =>
  run.choices.merge === "0"
    ? libraryDefault(run, [tool, "merging"])
    : missingField(run, [tool, "merging"], { instead: `${command} merges in a process of its own` });

/** Liger's kernels other than its losses, left out; a model takes those that its type has. @see Liger-Kernel@ead96b61:transformers/monkey_patch.py, `_apply_liger_kernel_to_instance` */
const WITHOUT_MODULES = { rope: false, rms_norm: false, swiglu: false, geglu: false } as const;

/** Liger's cross entropy alone, without its product with the head. */
const IN_PLACE = { cross_entropy: true, fused_linear_cross_entropy: false } as const;

/** Of a library that puts in all of Liger's kernels or none: what it cannot say of them. */
export const ligerUndivided = ({ resolved: { loss, liger } }: ChosenRun, tool: string): readonly Setting[] =>
  liger === true && loss !== "fused"
    ? [
        {
          name: "loss",
          chosen: loss,
          sentence: `${tool} has no field for Liger’s kernels without its fused loss.`,
          when: "chosen",
        },
      ]
    : [];

/** Which of Liger's kernels are put in; null: all that it puts in by itself, the fused loss among them. */
const kernelConfig = ({ resolved: { loss, liger } }: ChosenRun): Value => {
  const left = liger ? {} : WITHOUT_MODULES;
  if (loss === "inplace") return { fields: { ...IN_PLACE, ...left } };
  if (loss !== "fused") return liger ? { fields: { fused_linear_cross_entropy: false } } : null;
  return liger ? null : { fields: left };
};

/**
 * Liger's kernels, as a Trainer puts them in.
 *
 * @see transformers 4.45: training_args.py, use_liger_kernel (none in 4.44); 4.53: liger_kernel_config (none in 4.52.4)
 */
export const ligerKernel = (
  run: ChosenRun,
  { tool, within }: Readonly<{ tool: string; within: string }>,
): readonly Setting[] => {
  const config = kernelConfig(run);
  const versions = `From transformers ${config === null ? "4.45" : "4.53"}, with liger-kernel installed.`;
  return [
    { within, field: "use_liger_kernel", value: true, otherwise: false, versions },
    ...(config === null ? [] : [{ within, field: "liger_kernel_config", value: config, otherwise: null, versions }]),
    ...(run.resolved.loss === "chunked" ? [missingField(run, [tool, "loss"])] : []),
  ];
};
