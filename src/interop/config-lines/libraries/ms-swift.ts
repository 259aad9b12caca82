// Options of the ms-swift command.

import { bytesPerParameter } from "#calc/base/dtypes.ts";
import { checkpointBase, isQuantizedCheckpoint } from "#interop/config-lines/hugging-face/from-pretrained.ts";
import {
  ligerUndivided,
  mergedElsewhere,
  trainerEvaluation,
  trainerOptimizer,
} from "#interop/config-lines/hugging-face/trainer-arguments.ts";
import { type ChosenRun, type ChosenSharding, chosenSharding } from "#interop/config-lines/chosen-run.ts";
import { type ConfigLibrary, type Setting, topField, optionField } from "#interop/config-lines/setting.ts";
import {
  optimizerOnHost,
  libraryDefault,
  missingField,
  missingTopics,
  WITH_BITSANDBYTES,
  wholeLayers,
  TOPICS,
} from "#interop/config-lines/unwritten-settings.ts";

const TOOL = "ms-swift";

const TORCH_BYTES = 4;

const TYPES: Readonly<Record<string, string>> = { bf16: "bfloat16", fp16: "float16", fp32: "float32" };

/** Its names of attention. @see ms-swift@4.6.0:swift/arguments/base_args/model_args.py, attn_impl */
const ATTENTION = { flash: "flash_attn", sdpa: "sdpa", eager: "eager" } as const;

const attention = (run: ChosenRun): Setting => {
  const { attn } = run.resolved;
  const field = topField("attn_impl");
  if (attn === "math") return missingField(run, [TOOL, "attention"], { name: `.${field.field}` });
  const installed = attn === "flash" ? { versions: "With flash-attn installed." } : {};
  return { ...field, value: ATTENTION[attn], otherwise: "sdpa", ...installed };
};

/** It packs rows beside flash attention alone, and raises with any other. @see ms-swift@4.6.0:swift/arguments/sft_args.py, _check_padding_free */
const packing = (run: ChosenRun): Setting => {
  const field = topField("packing");
  if (!run.choices.packing || run.resolved.attn === "flash")
    return { ...field, value: run.choices.packing, otherwise: false };
  return missingField(run, [TOOL, "packing"], {
    name: `.${field.field}`,
    instead: "it packs beside flash attention alone",
  });
};

/** bf16 and fp16 follow the type of the weights, fp32 means fp16. @see ms-swift@4.6.0:swift/arguments/base_args/model_args.py, _init_mixed_precision */
const precision = (run: ChosenRun): readonly Setting[] => {
  const { weights, compute, autocast } = run.resolved;
  const name = TYPES[String(weights)];
  const fields: readonly Setting[] =
    name === undefined
      ? [missingField(run, [TOOL, "weights"], { name: ".torch_dtype" })]
      : [{ ...topField("torch_dtype"), value: name }];
  return [
    ...fields,
    { ...topField("bf16"), value: autocast && compute === "bf16", otherwise: weights === "bf16" },
    { ...topField("fp16"), value: autocast && compute === "fp16", otherwise: weights !== "bf16" },
  ];
};

/** One process, and any that share a model, run checkpoints reentrant unless they are told otherwise. @see ms-swift@4.6.0:swift/trainers/mixin.py, _fix_gradient_checkpointing */
const checkpointing = (run: ChosenRun): readonly Setting[] => {
  const { choices, resolved } = run;
  const isOwn = choices.gpus === 1 || chosenSharding(run).kind !== "whole";
  const isReentrant = resolved.reentrant === true;
  const kwargs = JSON.stringify({ use_reentrant: isReentrant });
  return [
    wholeLayers(run, TOOL, { ...topField("gradient_checkpointing"), value: choices.ckpt, otherwise: true }),
    ...(choices.ckpt
      ? [
          {
            ...topField("gradient_checkpointing_kwargs"),
            value: kwargs,
            otherwise: JSON.stringify({ use_reentrant: isOwn }),
          },
        ]
      : []),
  ];
};

/** All of Liger's kernels, its fused loss among them, or none. @see ms-swift@4.6.0:swift/trainers/arguments.py, use_liger_kernel */
const liger = (run: ChosenRun): readonly Setting[] => {
  const { loss, liger: isLiger } = run.resolved;
  const field = topField("use_liger_kernel");
  const isOn = loss === "fused" || isLiger === true;
  if (!isOn && loss !== "full") return [missingField(run, [TOOL, "loss"], { name: `.${field.field}` })];
  return [{ ...field, value: isOn, otherwise: false }, ...ligerUndivided(run, TOOL)];
};

/** Without a method nothing is quantised. @see ms-swift@4.6.0:swift/arguments/base_args/quant_args.py */
const quantization = (run: ChosenRun): readonly Setting[] => {
  const { method, quant, dq } = run.choices;
  if (method !== "qlora") return [];
  if (isQuantizedCheckpoint(run)) return [checkpointBase(run, TOOL, ".quant_method")];
  const bits: readonly Setting[] = [
    { ...topField("quant_method"), value: "bnb", otherwise: null, versions: WITH_BITSANDBYTES },
    { ...topField("quant_bits"), value: quant === "int8" ? 8 : 4, otherwise: null },
  ];
  if (quant === "int8") return bits;
  return [
    ...bits,
    { ...topField("bnb_4bit_quant_type"), value: quant, otherwise: "nf4" },
    { ...topField("bnb_4bit_use_double_quant"), value: dq, otherwise: true },
  ];
};

/** Adapters' type is PEFT's fp32, unless it is named. @see ms-swift@4.6.0:swift/tuners/peft.py, _cast_adapter_dtype_hook */
const adapterFormat = (run: ChosenRun): Setting => {
  const { adapters } = run.resolved;
  const field = topField("lora_dtype");
  if (bytesPerParameter(adapters) >= TORCH_BYTES) return { ...field, value: null, otherwise: null };
  const name = TYPES[String(adapters)];
  return name === undefined
    ? missingField(run, [TOOL, "adapterFormat"], { name: ".lora_dtype" })
    : { ...field, value: name, otherwise: null };
};

/** What is trained. Its alpha is 32 and its dropout 0.05 unless they are named. @see ms-swift@4.6.0:swift/arguments/tuner_args.py */
const trained = (run: ChosenRun): readonly Setting[] => {
  const { choices, resolved, targets, dora } = run;
  if (choices.method === "full") return [{ ...topField("tuner_type"), value: "full" }];
  if (run.tuner !== "lora") return [missingField(run, [TOOL, "tuner"])];
  return [
    { ...topField("tuner_type"), value: "lora" },
    { ...topField("lora_rank"), value: choices.r },
    { ...topField("lora_alpha"), value: resolved.alpha },
    { ...topField("lora_dropout"), value: choices.dropout },
    { ...topField("target_modules"), value: targets },
    { ...topField("modules_to_save"), value: choices.save, otherwise: [] },
    { ...topField("use_dora"), value: dora, otherwise: false },
    adapterFormat(run),
  ];
};

/** The DeepSpeed JSONs that it ships by name, by stage and what is in host memory. @see ms-swift@4.6.0:swift/config/ */
const SHIPPED: Readonly<Record<string, string>> = {
  "1 none": "zero1",
  "2 none": "zero2",
  "2 optimizer": "zero2_offload",
  "3 none": "zero3",
  "3 all": "zero3_offload",
};

/** Its FSDP 2 checkpoints layers itself. @see ms-swift@4.6.0:swift/config/fsdp2.json, activation_checkpointing */
const fsdp = (run: ChosenRun, { version, isOnHost }: Extract<ChosenSharding, { kind: "fsdp" }>): readonly Setting[] => {
  const isShipped = version === 2 && !isOnHost && run.choices.ckpt;
  return [
    isShipped
      ? { ...topField("fsdp"), value: "fsdp2", otherwise: null }
      : missingField(run, [TOOL, "placement"], {
          name: ".fsdp",
          instead: "its fsdp2.json is FSDP 2 with checkpointing",
        }),
    ...optimizerOnHost(run, TOOL),
  ];
};

const sharding = (run: ChosenRun): readonly Setting[] => {
  const chosen = chosenSharding(run);
  switch (chosen.kind) {
    case "whole":
      return optimizerOnHost(run, TOOL);
    case "fsdp":
      return fsdp(run, chosen);
    case "zero": {
      const name = SHIPPED[`${chosen.stage} ${chosen.offload}`];
      const place = topField("deepspeed");
      if (name !== undefined) return [{ ...place, value: name, otherwise: null }];
      return [
        missingField(run, [TOOL, "placement"], {
          name: ".deepspeed",
          instead: "none of the DeepSpeed JSONs that it ships is so",
        }),
      ];
    }
    default:
      return chosen satisfies never;
  }
};

/** It prepares no base, whatever the library does that it is counted as: no call of prepare_model_for_kbit_training in swift/. */
const preparation = (run: ChosenRun): Setting => {
  const { kbit } = run.resolved;
  if (kbit === "none") return libraryDefault(run, [TOOL, "kbit"]);
  return {
    name: "kbit",
    chosen: kbit,
    sentence: `${TOOL} has no field for ${TOPICS.kbit.words(run)}.`,
    when: run.choices.method === "qlora" ? "chosen" : "taken-back",
  };
};

/** Options of `swift sft`. @see ms-swift@4.6.0:swift/arguments/, swift/trainers/arguments.py */
export const MS_SWIFT_LINES: ConfigLibrary = {
  file: `Options, ${TOOL}`,
  write: optionField,
  settings: (run) => [
    ...trained(run),
    ...precision(run),
    ...quantization(run),
    // Its own batch is 1, its accumulation what makes 16 rows of all GPUs.
    { ...topField("per_device_train_batch_size"), value: run.choices.batch },
    { ...topField("gradient_accumulation_steps"), value: run.choices.accum },
    { ...topField("max_length"), value: run.choices.seq },
    packing(run),
    ...trainerOptimizer(run, { tool: TOOL, within: "", field: "optim", otherwise: "adamw_torch_fused" }),
    ...checkpointing(run),
    attention(run),
    ...liger(run),
    ...sharding(run),
    { ...topField("sequence_parallel_size"), value: run.choices.ulysses, otherwise: 1 },
    preparation(run),
    { name: "launch", statement: run.choices.gpus === 1 ? null : `NPROC_PER_NODE=${run.choices.gpus} swift sft` },
    ...missingTopics(run, TOOL, ["activations", "experts", "gradients", "states"]),
    ...missingTopics(run, TOOL, ["tensorParallel", "sequenceParallel", "contextParallel", "pipeline"]),
  ],
  ofRun: (run) => [
    // Its own batch is 1, as that of training. @see ms-swift@4.6.0:swift/trainers/arguments.py
    ...trainerEvaluation(run, { tool: TOOL, within: "", usualBatch: 1 }),
    missingField(run, [TOOL, "saving"]),
    mergedElsewhere(run, TOOL, "swift export"),
  ],
};
