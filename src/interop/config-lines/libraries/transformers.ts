import { accelerateLaunch } from "#interop/config-lines/hugging-face/accelerate-launch.ts";
import { adapterFormat, autocastArgument } from "#interop/config-lines/hugging-face/adapter-format.ts";
import { fromPretrained } from "#interop/config-lines/hugging-face/from-pretrained.ts";
import { kbitCall } from "#interop/config-lines/hugging-face/kbit-call.ts";
import { peftConfig } from "#interop/config-lines/hugging-face/peft-config.ts";
import { trainerArguments, trainerCheckpointing } from "#interop/config-lines/hugging-face/trainer-arguments.ts";
import type { ChosenRun } from "#interop/config-lines/chosen-run.ts";
import type { ConfigLibrary } from "#interop/config-lines/config-library.ts";
import type { Setting } from "#interop/config-lines/setting.ts";
import { unwritten, unwrittenAll } from "#interop/config-lines/unwritten.ts";
import { pythonArgument } from "#interop/config-lines/write-field.ts";

const TOOL = "Transformers";
const ARGUMENTS = "TrainingArguments";

/** Liger's cross entropy alone, without its product with the head. */
const IN_PLACE = { fields: { cross_entropy: true, fused_linear_cross_entropy: false } } as const;

/** Liger's kernels, or none. @see transformers 4.45: training_args.py, use_liger_kernel (none in 4.44); 4.53: liger_kernel_config (none in 4.52.4) */
const loss = (run: ChosenRun): readonly Setting[] => {
  const kernel = { within: ARGUMENTS, field: "use_liger_kernel", otherwise: false };
  const chosen = run.resolved.loss;
  switch (chosen) {
    case "full":
    case "parallel":
      return [{ ...kernel, value: false }];
    case "fused":
      return [{ ...kernel, value: true, versions: "From transformers 4.45, with liger-kernel installed." }];
    case "inplace": {
      const versions = "From transformers 4.53, with liger-kernel installed.";
      return [
        { ...kernel, value: true, versions },
        { within: ARGUMENTS, field: "liger_kernel_config", value: IN_PLACE, otherwise: null, versions },
      ];
    }
    case "chunked":
      return [unwritten(run, [TOOL, "loss"], { name: `${ARGUMENTS}.${kernel.field}` })];
    default:
      return chosen satisfies never;
  }
};

/** Transformers' Trainer with PEFT, before and after version 5. */
const trainer = ({
  optim,
  dtype,
}: Readonly<{ optim: "adamw_torch" | "adamw_torch_fused"; dtype: "dtype" | "torch_dtype" }>): ConfigLibrary => ({
  file: `${ARGUMENTS}, ${TOOL}`,
  write: pythonArgument(ARGUMENTS),
  settings: (run) => [
    ...trainerArguments(run, { tool: TOOL, within: ARGUMENTS, optim, isBf16: false }),
    trainerCheckpointing(run, { tool: TOOL, within: ARGUMENTS, isOn: false }),
    ...loss(run),
    // Rows are cut where they become tokens.
    { within: "tokenizer", field: "max_length", value: run.choices.seq },
    ...fromPretrained(run, { tool: TOOL, dtype }),
    ...peftConfig(run),
    ...adapterFormat(run, autocastArgument(TOOL)),
    ...kbitCall(run, TOOL),
    ...accelerateLaunch(run, { tool: TOOL, script: "train.py" }),
    ...unwrittenAll(run, TOOL, ["activations", "packing", "experts", "gradients", "states"]),
  ],
});

export const TRANSFORMERS_LINES = trainer({ optim: "adamw_torch_fused", dtype: "dtype" });

/** Version 4: another optimizer by default, another name of the type. */
export const TRANSFORMERS_4_LINES = trainer({ optim: "adamw_torch", dtype: "torch_dtype" });
