// Lines of LLaMA-Factory's YAML.

import { bytesPerParameter } from "#calc/base/dtypes.ts";
import { accelerateLaunch, shippedDeepspeed } from "#interop/config-lines/hugging-face/accelerate-launch.ts";
import { checkpointBase, isQuantizedCheckpoint } from "#interop/config-lines/hugging-face/from-pretrained.ts";
import {
  ligerUndivided,
  mergedElsewhere,
  trainerEvaluation,
  trainerSaving,
  trainerOptimizer,
} from "#interop/config-lines/hugging-face/trainer-arguments.ts";
import { type ChosenRun, chosenSharding } from "#interop/config-lines/chosen-run.ts";
import { type ConfigLibrary, type Setting, topField, yamlField } from "#interop/config-lines/setting.ts";
import {
  optimizerOnHost,
  missingField,
  missingTopics,
  WITH_BITSANDBYTES,
  wholeLayers,
  DIVISIONS,
} from "#interop/config-lines/unwritten-settings.ts";

const TOOL = "LLaMA-Factory";

const SIXTEEN_BIT_BYTES = 2;

const from = (version: string): string => `From LLaMA-Factory ${version}.`;

/** Optimizers that are switched on by a field of their own. @see LLaMA-Factory 0.6 (use_galore), 0.9.2 (use_apollo), 0.9.3 (use_muon): hparams/finetuning_args.py */
const SWITCHES = [
  { optim: "galore_adamw", field: "use_galore", versions: from("0.6") },
  { optim: "apollo_adamw", field: "use_apollo", versions: from("0.9.2") },
  { optim: "muon", field: "use_muon", versions: from("0.9.3") },
] as const;

const optimizer = (run: ChosenRun): readonly Setting[] => {
  const { optim } = run.resolved;
  const isSwitched = SWITCHES.some((each) => each.optim === optim);
  return [
    ...(isSwitched
      ? []
      : trainerOptimizer(run, { tool: TOOL, within: "", field: "optim", otherwise: "adamw_torch_fused" })),
    ...SWITCHES.map(({ field, versions, ...each }) => ({
      ...topField(field),
      value: each.optim === optim,
      otherwise: false,
      versions,
    })),
  ];
};

/** Its names of attention. @see LLaMA-Factory@ff6d4d12:src/llamafactory/model/model_utils/attention.py (flash_attn: 0.1.8) */
const ATTENTION = { flash: "fa2", sdpa: "sdpa", eager: "disabled" } as const;

const attention = (run: ChosenRun): Setting => {
  const { attn } = run.resolved;
  const field = topField("flash_attn");
  if (attn === "math") return missingField(run, [TOOL, "attention"], { name: `.${field.field}` });
  const installed = attn === "flash" ? { versions: "With flash-attn installed." } : {};
  return { ...field, value: ATTENTION[attn], otherwise: "sdpa", ...installed };
};

/** All of Liger's kernels, its fused loss among them, or none. @see LLaMA-Factory 0.9: src/llamafactory/hparams/model_args.py, enable_liger_kernel (none before) */
const liger = (run: ChosenRun): readonly Setting[] => {
  const field = topField("enable_liger_kernel");
  const isFused = run.resolved.loss === "fused";
  const isOn = isFused || run.resolved.liger === true;
  if (!isOn && run.resolved.loss !== "full") return [missingField(run, [TOOL, "loss"], { name: `.${field.field}` })];
  return [
    {
      ...field,
      value: isOn,
      otherwise: false,
      ...(isOn && { versions: "From LLaMA-Factory 0.9, with liger-kernel installed." }),
    },
    ...ligerUndivided(run, TOOL),
  ];
};

/** On unless it is switched off; in host memory by the way of Unsloth. @see LLaMA-Factory 0.5 (disable_gradient_checkpointing), 0.9 (use_unsloth_gc): hparams/model_args.py */
const checkpointing = (run: ChosenRun): readonly Setting[] => {
  const { choices, resolved, usual } = run;
  return [
    wholeLayers(run, TOOL, {
      ...topField("disable_gradient_checkpointing"),
      value: !choices.ckpt,
      otherwise: false,
      versions: from("0.5"),
    }),
    // LLaMA-Factory 0.9.2: hparams/model_args.py (none in 0.9.1)
    {
      ...topField("use_reentrant_gc"),
      value: resolved.reentrant ?? true,
      otherwise: usual.reentrant ?? true,
      versions: from("0.9.2"),
    },
    choices.ckpt
      ? { ...topField("use_unsloth_gc"), value: resolved.actoffload, otherwise: false, versions: from("0.9") }
      : missingField(run, [TOOL, "activations"], {
          name: `.use_unsloth_gc`,
          instead: "it sends checkpoints alone",
        }),
  ];
};

/** A base quantised while it is loaded. @see LLaMA-Factory@ff6d4d12:src/llamafactory/hparams/model_args.py, QuantizationArguments */
const quantization = (run: ChosenRun): readonly Setting[] => {
  const { method, quant, dq } = run.choices;
  if (method !== "qlora") return [];
  if (isQuantizedCheckpoint(run)) return [checkpointBase(run, TOOL, ".quantization_bit")];
  if (quant === "int8")
    return [{ ...topField("quantization_bit"), value: 8, otherwise: null, versions: WITH_BITSANDBYTES }];
  return [
    { ...topField("quantization_bit"), value: 4, otherwise: null, versions: WITH_BITSANDBYTES },
    { ...topField("quantization_type"), value: quant, otherwise: "nf4" },
    { ...topField("double_quantization"), value: dq, otherwise: true },
  ];
};

/** OFT, whose rank is the size of a block. @see LLaMA-Factory 0.9.4: src/llamafactory/model/adapter.py, `_setup_lora_tuning`; hparams/finetuning_args.py, OFTArguments */
const oft = ({ choices }: ChosenRun): readonly Setting[] => [
  { ...topField("finetuning_type"), value: "oft", versions: from("0.9.4") },
  { ...topField("oft_block_size"), value: choices.r, otherwise: 32 },
];

const lora = ({ choices, resolved, dora }: ChosenRun): readonly Setting[] => [
  { ...topField("finetuning_type"), value: "lora" },
  { ...topField("lora_rank"), value: choices.r },
  { ...topField("lora_alpha"), value: resolved.alpha, otherwise: 2 * choices.r },
  { ...topField("lora_dropout"), value: choices.dropout, otherwise: 0 },
  // LLaMA-Factory 0.5.3: hparams/finetuning_args.py (none in 0.5.2)
  { ...topField("use_dora"), value: dora, otherwise: false, versions: from("0.5.3") },
];

/** Whole models are trained in fp32 unless all is bf16; adapters are as PEFT makes them. @see LLaMA-Factory@ff6d4d12:src/llamafactory/model/adapter.py, lines 308 to 350 */
const trained = (run: ChosenRun): readonly Setting[] => {
  const { choices, resolved, targets } = run;
  if (choices.method === "full")
    return [
      { ...topField("finetuning_type"), value: "full" },
      {
        ...topField("pure_bf16"),
        value: bytesPerParameter(resolved.weights) <= SIXTEEN_BIT_BYTES,
        otherwise: false,
        versions: from("0.6"),
      },
    ];
  return [
    ...(run.tuner === "oft" ? oft(run) : lora(run)),
    { ...topField("lora_target"), value: typeof targets === "string" ? "all" : targets.join(",") },
    {
      ...topField("additional_target"),
      value: choices.save.length === 0 ? null : choices.save.join(","),
      otherwise: null,
    },
    missingField(run, [TOOL, "adapterFormat"], { instead: "they are fp32 as PEFT makes them" }),
    missingField(run, [TOOL, "weights"]),
  ];
};

/** DeepSpeed's files among its examples, by stage and what is in host memory. @see LLaMA-Factory@ff6d4d12:examples/deepspeed/ */
const SHIPPED: Readonly<Record<string, string>> = {
  "2 none": "ds_z2_config.json",
  "2 optimizer": "ds_z2_offload_config.json",
  "3 none": "ds_z3_config.json",
  "3 all": "ds_z3_offload_config.json",
};

/** Its own command starts DDP and DeepSpeed, accelerate's FSDP. @see LLaMA-Factory@ff6d4d12:src/llamafactory/launcher.py; examples/README.md */
const launch = (run: ChosenRun): readonly Setting[] => {
  const { gpus } = run.choices;
  const chosen = chosenSharding(run);
  if (chosen.kind === "fsdp") return accelerateLaunch(run, { tool: TOOL, script: "src/train.py config.yaml" });
  const command = `FORCE_TORCHRUN=1 NPROC_PER_NODE=${gpus} llamafactory-cli train config.yaml`;
  return [
    { name: "launch", statement: gpus === 1 && chosen.kind === "whole" ? null : command },
    ...(chosen.kind === "zero"
      ? [shippedDeepspeed(run, { tool: TOOL, folder: "examples/deepspeed", files: SHIPPED })]
      : optimizerOnHost(run, TOOL)),
    ...missingTopics(run, TOOL, DIVISIONS),
  ];
};

/** LLaMA-Factory's YAML. @see LLaMA-Factory@ff6d4d12 (0.9.5):src/llamafactory/hparams/ */
export const LLAMA_FACTORY_LINES: ConfigLibrary = {
  file: `${TOOL} YAML`,
  write: yamlField,
  settings: (run) => [
    { ...topField("per_device_train_batch_size"), value: run.choices.batch },
    { ...topField("gradient_accumulation_steps"), value: run.choices.accum, otherwise: 1 },
    { ...topField("cutoff_len"), value: run.choices.seq },
    { ...topField("packing"), value: run.choices.packing, otherwise: false },
    { ...topField("bf16"), value: run.resolved.compute === "bf16" },
    { ...topField("fp16"), value: run.resolved.compute === "fp16", otherwise: false },
    ...optimizer(run),
    ...checkpointing(run),
    attention(run),
    ...liger(run),
    ...trained(run),
    ...quantization(run),
    ...launch(run),
    ...missingTopics(run, TOOL, ["kbit", "experts", "gradients", "states"]),
  ],
  ofRun: (run) => [
    ...trainerEvaluation(run, { tool: TOOL, within: "" }),
    ...trainerSaving(run, TOOL),
    mergedElsewhere(run, TOOL, "llamafactory-cli export"),
  ],
};
