// Lines of transformers' Trainer with PEFT, version 5 and version 4.

import { accelerateLaunch } from "#interop/config-lines/hugging-face/accelerate-launch.ts";
import { adapterFormat, autocastArgument, peftConfig } from "#interop/config-lines/hugging-face/peft-config.ts";
import { fromPretrained, kbitCall } from "#interop/config-lines/hugging-face/from-pretrained.ts";
import {
  ligerKernel,
  ligerUndivided,
  trainerArguments,
  trainerCheckpointing,
  trainerReentrance,
  mergeCall,
  trainerEvaluation,
  trainerSaving,
} from "#interop/config-lines/hugging-face/trainer-arguments.ts";
import type { ChosenRun } from "#interop/config-lines/chosen-run.ts";
import { type ConfigLibrary, type Setting, pythonArgument } from "#interop/config-lines/setting.ts";
import { missingField, missingTopics } from "#interop/config-lines/unwritten-settings.ts";

const TOOL = "Transformers";
const ARGUMENTS = "TrainingArguments";

/** Liger's kernels, or none. */
const loss5 = (run: ChosenRun): readonly Setting[] => {
  const { loss, liger } = run.resolved;
  if (liger === true || loss === "fused" || loss === "inplace")
    return ligerKernel(run, { tool: TOOL, within: ARGUMENTS });
  const kernel = { within: ARGUMENTS, field: "use_liger_kernel" };
  if (loss === "chunked") return [missingField(run, [TOOL, "loss"], { name: `${ARGUMENTS}.${kernel.field}` })];
  return [{ ...kernel, value: false, otherwise: false }];
};

/** Version 4 puts in all of Liger's kernels or none. @see transformers 4.45: training_args.py, use_liger_kernel (none in 4.44) */
const loss4 = (run: ChosenRun): readonly Setting[] => {
  const { loss, liger } = run.resolved;
  const kernel = { within: ARGUMENTS, field: "use_liger_kernel", otherwise: false };
  const isOn = loss === "fused" || liger === true;
  const versions = "From transformers 4.45, with liger-kernel installed.";
  const isSaid = loss === "fused" || loss === "full" || loss === "parallel";
  if (!isOn && !isSaid) return [missingField(run, [TOOL, "loss"], { name: `${ARGUMENTS}.${kernel.field}` })];
  return [{ ...kernel, value: isOn, ...(isOn && { versions }) }, ...ligerUndivided(run, TOOL)];
};

/** Transformers' Trainer with PEFT, before and after version 5. */
const trainer = ({
  version,
  optim,
  dtype,
}: Readonly<{
  version: 4 | 5;
  optim: "adamw_torch" | "adamw_torch_fused";
  dtype: "dtype" | "torch_dtype";
}>): ConfigLibrary => ({
  file: `${ARGUMENTS}, ${TOOL}`,
  write: pythonArgument(ARGUMENTS),
  settings: (run) => [
    ...trainerArguments(run, { tool: TOOL, within: ARGUMENTS, optim, isBf16: false }),
    trainerCheckpointing(run, { tool: TOOL, within: ARGUMENTS, isOn: false }),
    ...trainerReentrance(run, { within: ARGUMENTS, otherwise: version === 4 }),
    ...(version === 4 ? loss4(run) : loss5(run)),
    // Rows are cut where they become tokens.
    { within: "tokenizer", field: "max_length", value: run.choices.seq },
    ...fromPretrained(run, { tool: TOOL, dtype }),
    ...peftConfig(run),
    ...adapterFormat(run, autocastArgument(TOOL)),
    ...kbitCall(run, TOOL),
    ...accelerateLaunch(run, { tool: TOOL, script: "train.py" }),
    ...missingTopics(run, TOOL, ["activations", "packing", "experts", "gradients", "states"]),
  ],
  ofRun: (run) => [
    ...trainerEvaluation(run, { tool: TOOL, within: ARGUMENTS, trainer: "Trainer" }),
    ...trainerSaving(run, TOOL),
    mergeCall(run),
  ],
});

export const TRANSFORMERS_LINES = trainer({ version: 5, optim: "adamw_torch_fused", dtype: "dtype" });

/** Version 4: another optimizer by default, another name of the type. */
export const TRANSFORMERS_4_LINES = trainer({ version: 4, optim: "adamw_torch", dtype: "torch_dtype" });
