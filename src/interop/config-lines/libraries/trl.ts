import { accelerateLaunch } from "#interop/config-lines/hugging-face/accelerate-launch.ts";
import { adapterFormat, autocastArgument, peftConfig } from "#interop/config-lines/hugging-face/peft-config.ts";
import { fromPretrained, kbitCall } from "#interop/config-lines/hugging-face/from-pretrained.ts";
import { ligerKernel, ligerUndivided } from "#interop/config-lines/hugging-face/liger-kernel.ts";
import {
  trainerArguments,
  trainerCheckpointing,
  trainerReentrance,
  mergeCall,
  trainerEvaluation,
  trainerSaving,
} from "#interop/config-lines/hugging-face/trainer-arguments.ts";
import type { ChosenRun } from "#interop/config-lines/chosen-run.ts";
import { type ConfigLibrary, type Setting, pythonArgument } from "#interop/config-lines/setting.ts";
import { missingField, unwrittenAll } from "#interop/config-lines/unwritten.ts";

const TOOL = "TRL";
const CONFIG = "SFTConfig";

/**
 * Head and loss in chunks of tokens, or whole logits; with Liger's kernels the loss is theirs.
 *
 * @see trl 1.4: trainer/sft_config.py, loss_type="chunked_nll" (none in 1.3); the default from 1.7 on, without use_liger_kernel
 */
const lossType = (run: ChosenRun): Setting => {
  const field = { within: CONFIG, field: "loss_type", otherwise: "chunked_nll" };
  const chosen = run.resolved.loss;
  switch (chosen) {
    case "fused":
      return { ...field, value: "chunked_nll", versions: "From TRL 1.4, by default from 1.7." };
    case "full":
    case "parallel":
      return { ...field, value: "nll", versions: "From TRL 0.23." };
    case "inplace":
    case "chunked":
      return missingField(run, [TOOL, "loss"], { name: `${CONFIG}.${field.field}` });
    default:
      return chosen satisfies never;
  }
};

const loss = (run: ChosenRun): readonly Setting[] =>
  run.resolved.liger === true
    ? [
        { within: CONFIG, field: "loss_type", value: "nll", otherwise: "nll" },
        ...ligerKernel(run, { tool: TOOL, within: CONFIG }),
      ]
    : [lossType(run), { within: CONFIG, field: "use_liger_kernel", value: false, otherwise: false }];

/** Rows full of samples, or one a row. @see trl@f2cd5771 (1.10.0.dev0):trl/trainer/sft_config.py, packing */
const packing = ({ choices }: ChosenRun): Setting => ({
  within: CONFIG,
  field: "packing",
  value: choices.packing,
  otherwise: false,
});

/** On a quantised base SFTTrainer casts adapters to bf16 whatever PEFT made them. @see trl@v1.9.0:trl/trainer/sft_trainer.py, lines 1122 to 1130 */
const adapters = (run: ChosenRun): readonly Setting[] =>
  run.choices.method === "qlora"
    ? [missingField(run, [TOOL, "adapterFormat"])]
    : adapterFormat(run, autocastArgument(TOOL));

/** The same in all versions: SFTConfig is a child of TrainingArguments. */
const ofRun = (run: ChosenRun): readonly Setting[] => [
  ...trainerEvaluation(run, { tool: TOOL, within: CONFIG, trainer: "SFTTrainer" }),
  ...trainerSaving(run, TOOL),
  mergeCall(run),
];

/** SFTTrainer 1.x. */
export const TRL_LINES: ConfigLibrary = {
  file: `${CONFIG}, ${TOOL}`,
  write: pythonArgument(CONFIG),
  settings: (run) => [
    ...trainerArguments(run, { tool: TOOL, within: CONFIG, optim: "adamw_torch_fused", isBf16: true }),
    // trl@f2cd5771:trl/trainer/base_config.py, gradient_checkpointing
    trainerCheckpointing(run, { tool: TOOL, within: CONFIG, isOn: true }),
    // trl 1.10: trainer/sft_trainer.py, `setdefault("use_reentrant", False)`
    ...trainerReentrance(run, { within: CONFIG, otherwise: false }),
    // trl 0.16: trainer/sft_config.py, max_length (none in 0.15)
    { within: CONFIG, field: "max_length", value: run.choices.seq, versions: "From TRL 0.16." },
    packing(run),
    ...loss(run),
    // trl 0.18: trainer/sft_config.py, activation_offloading (none in 0.17)
    {
      within: CONFIG,
      field: "activation_offloading",
      value: run.resolved.actoffload,
      otherwise: false,
      versions: "From TRL 0.18.",
    },
    ...fromPretrained(run, { tool: TOOL, dtype: "dtype" }),
    ...peftConfig(run),
    ...adapters(run),
    ...kbitCall(run, TOOL),
    ...accelerateLaunch(run, { tool: TOOL, script: "train.py" }),
    ...unwrittenAll(run, TOOL, ["experts", "gradients", "states"]),
  ],
  ofRun,
};

/** Liger's loss by the name that it had. @see trl@v0.13.0:trl/trainer/sft_config.py, use_liger (from 0.10 on) */
const loss0 = (run: ChosenRun): Setting => {
  const field = { within: CONFIG, field: "use_liger", otherwise: false };
  if (run.resolved.loss === "fused" || run.resolved.liger)
    return { ...field, value: true, versions: "From TRL 0.10, with liger-kernel installed." };
  return run.resolved.loss === "full" && run.stack.loss === "full"
    ? { ...field, value: false }
    : missingField(run, [TOOL, "loss"], { name: `${CONFIG}.${field.field}` });
};

/** SFTTrainer 0.11 to 0.13 over transformers 4, alone or with the kernels of fms-acceleration. */
export const TRL_0_LINES: ConfigLibrary = {
  file: `${CONFIG}, ${TOOL}`,
  write: pythonArgument(CONFIG),
  settings: (run) => [
    ...trainerArguments(run, { tool: TOOL, within: CONFIG, optim: "adamw_torch", isBf16: false }),
    trainerCheckpointing(run, { tool: TOOL, within: CONFIG, isOn: false }),
    ...trainerReentrance(run, { within: CONFIG, otherwise: true }),
    // trl@v0.13.0:trl/trainer/sft_config.py
    { within: CONFIG, field: "max_seq_length", value: run.choices.seq, versions: "Up to TRL 0.15." },
    packing(run),
    loss0(run),
    ...ligerUndivided(run, TOOL),
    ...fromPretrained(run, { tool: TOOL, dtype: "torch_dtype" }),
    ...peftConfig(run),
    ...adapterFormat(run, autocastArgument(TOOL)),
    ...kbitCall(run, TOOL),
    ...accelerateLaunch(run, { tool: TOOL, script: "train.py" }),
    ...unwrittenAll(run, TOOL, ["activations", "experts", "gradients", "states"]),
  ],
  ofRun,
};
