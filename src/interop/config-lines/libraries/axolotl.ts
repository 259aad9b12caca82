// Lines of Axolotl's YAML.

import { type ChosenRun, chosenSharding } from "#interop/config-lines/chosen-run.ts";
import { type Setting, topField, type ConfigLibrary, type Value, yamlField } from "#interop/config-lines/setting.ts";
import { missingField, optimizerOnHost, missingTopics, wholeLayers } from "#interop/config-lines/unwritten-settings.ts";
import { adapterFormat } from "#interop/config-lines/hugging-face/peft-config.ts";
import { checkpointBase, isQuantizedCheckpoint } from "#interop/config-lines/hugging-face/from-pretrained.ts";
import { shippedDeepspeed } from "#interop/config-lines/hugging-face/accelerate-launch.ts";
import { trainerOptimizer, mergedElsewhere } from "#interop/config-lines/hugging-face/trainer-arguments.ts";
import { isFourBit, loraKernelsClash } from "#scenario/choices/resolve-stack.ts";

/** What a base that is quantised while it is loaded is quantised to; others were before. */
const LOADED_IN: Readonly<Record<ChosenRun["choices"]["quant"], ChosenRun["resolved"]["experts"] | null>> = {
  nf4: "4bit",
  fp4: "4bit",
  int8: "8bit",
  gptq: null,
  "unsloth-dynamic": null,
};

/** Experts are quantised as by itself, whatever `bnb_config_kwargs` says. @see axolotl@067b021c:src/axolotl/monkeypatch/moe_quant.py, `patch_moe_quantization_on_load` */
const expertFormat = ({ choices: { quant, dq }, resolved }: ChosenRun, tool: string): readonly Setting[] =>
  resolved.experts === "4bit"
    ? [
        {
          name: "expertFormat",
          chosen: `${quant} ${dq}`,
          sentence: `${tool} has no field for the format of experts: it is NF4 with double quantization.`,
          when: quant === "nf4" && dq ? "taken-back" : "chosen",
        },
      ]
    : [];

/** Axolotl's lines on experts that are fused into one parameter. @see axolotl 0.15: src/axolotl/utils/schemas/quantization.py, docs/expert_quantization.qmd */
const expertLines = (run: ChosenRun, tool: string): readonly Setting[] => {
  const { choices, resolved } = run;
  const isPacked = resolved.experts !== "16bit";
  if (isPacked && (resolved.experts !== LOADED_IN[choices.quant] || resolved.expertread !== "saved"))
    return [missingField(run, [tool, "experts"], { name: ".quantize_moe_experts" })];
  return [
    {
      ...topField("quantize_moe_experts"),
      value: isPacked,
      otherwise: false,
      // bitsandbytes 0.48 and 0.49 keep every stack that was dequantised under checkpointing: fixed by its PR 1999.
      versions: "From axolotl 0.15, on CUDA, with bitsandbytes 0.50 or later.",
    },
    ...expertFormat(run, tool),
  ];
};

const TOOL = "Axolotl";

/** The optimizers of transformers, and its own. @see axolotl@067b021c:src/axolotl/utils/schemas/enums.py, CustomSupportedOptimizers */
const optimizer = (run: ChosenRun): readonly Setting[] => {
  const field = { ...topField("optimizer"), otherwise: "adamw_torch_fused" };
  return run.resolved.optim === "muon"
    ? [{ ...field, value: "muon" }]
    : trainerOptimizer(run, { tool: TOOL, within: "", field: "optimizer", otherwise: "adamw_torch_fused" });
};

/** Kernels in place of modules: a field each. @see axolotl 0.5: src/axolotl/integrations/liger/args.py */
const ligerModules = ({ resolved: { liger } }: ChosenRun): readonly Setting[] =>
  ["liger_rope", "liger_rms_norm", "liger_glu_activation"].map((field) => ({
    ...topField(field),
    value: liger === true,
    otherwise: false,
    versions: "From axolotl 0.5.",
  }));

/**
 * Fused LoRA kernels switch themselves on where none of these fields is set, with DoRA, too.
 *
 * @see axolotl@067b021c:src/axolotl/utils/schemas/config.py, `check_auto_enable_lora_kernels`; 0.7: lora_mlp_kernel; ecac73192 (April 2025): on by themselves
 */
const loraKernels = ({ choices, resolved: { lorakernels } }: ChosenRun): readonly Setting[] => {
  const clash = loraKernelsClash(choices, choices.method);
  const isOnByItself = clash === null || clash === "dora";
  return choices.method === "full"
    ? []
    : ["lora_mlp_kernel", "lora_qkv_kernel", "lora_o_kernel"].map((field) => ({
        ...topField(field),
        value: lorakernels === true,
        otherwise: isOnByItself,
        versions: "From axolotl 0.7.",
      }));
};

/** Liger by its plugin, chunks by a field. @see axolotl 0.5: src/axolotl/integrations/liger/args.py; 0.11: utils/schemas/config.py, chunked_cross_entropy */
const loss = ({ resolved }: ChosenRun): readonly Setting[] => {
  const isLiger = resolved.loss === "fused" || resolved.loss === "inplace" || resolved.liger === true;
  const liger = "From axolotl 0.5.";
  return [
    {
      ...topField("plugins"),
      value: isLiger ? ["axolotl.integrations.liger.LigerPlugin"] : [],
      otherwise: [],
      versions: liger,
    },
    {
      ...topField("liger_fused_linear_cross_entropy"),
      value: resolved.loss === "fused",
      otherwise: false,
      versions: liger,
    },
    { ...topField("liger_cross_entropy"), value: resolved.loss === "inplace", otherwise: false, versions: liger },
    {
      ...topField("chunked_cross_entropy"),
      value: resolved.loss === "chunked",
      otherwise: false,
      versions: "From axolotl 0.11.",
    },
  ];
};

/** The attention, by transformers' names. @see axolotl 0.12: src/axolotl/utils/schemas/config.py, attn_implementation (none in 0.11) */
const attention = (run: ChosenRun): Setting => {
  const { attn } = run.resolved;
  const field = topField("attn_implementation");
  if (attn === "math") return missingField(run, [TOOL, "attention"], { name: `.${field.field}` });
  const installed = attn === "flash" ? ", with flash-attn installed." : ".";
  const value = attn === "flash" ? "flash_attention_2" : attn;
  return { ...field, value, otherwise: "sdpa", versions: `From axolotl 0.12${installed}` };
};

/** With adapters `true` would stop recomputing, so that checkpoints alone are sent. @see axolotl@067b021c:src/axolotl/core/builders/base.py, _configure_gradient_checkpointing */
const offloadedActivations = (run: ChosenRun): Setting => {
  const { choices, resolved } = run;
  // axolotl@0.18.0:src/axolotl/utils/schemas/validation.py: activation_offloading requires gradient_checkpointing
  if (resolved.actoffload && !choices.ckpt)
    return missingField(run, [TOOL, "activations"], {
      name: ".activation_offloading",
      instead: "its activation_offloading requires gradient_checkpointing",
    });
  const keepsRecomputing = choices.ckpt && choices.method !== "full";
  return {
    ...topField("activation_offloading"),
    value: resolved.actoffload && keepsRecomputing ? "hidden_states" : resolved.actoffload,
    otherwise: false,
    // axolotl 0.18: src/axolotl/utils/schemas/config.py, "hidden_states" (none in 0.17); 0.12: activation_offloading (none in 0.11)
    versions: keepsRecomputing ? "From axolotl 0.18." : "From axolotl 0.12.",
  };
};

/** Reentrant, where a file does not say. @see axolotl@067b021c:src/axolotl/utils/config/__init__.py, normalize_config; 0.4: gradient_checkpointing_kwargs */
const reentrance = ({ choices, resolved: { reentrant } }: ChosenRun): readonly Setting[] => {
  const valueOf = (use_reentrant: boolean): Value => ({ fields: { use_reentrant } });
  const field = { ...topField("gradient_checkpointing_kwargs"), versions: "From axolotl 0.4." };
  return choices.ckpt ? [{ ...field, value: valueOf(reentrant ?? true), otherwise: valueOf(true) }] : [];
};

const checkpointing = (run: ChosenRun): readonly Setting[] => [
  wholeLayers(run, TOOL, { ...topField("gradient_checkpointing"), value: run.choices.ckpt, otherwise: false }),
  ...reentrance(run),
  offloadedActivations(run),
];

/** `adapter: qlora` is NF4 with double quantization, unless it is told otherwise. @see axolotl@067b021c:src/axolotl/loaders/model.py, lines 712 to 750 */
const quantization = (run: ChosenRun): readonly Setting[] => {
  const { method, quant, dq } = run.choices;
  if (method !== "qlora") return [];
  if (quant === "gptq") return [{ ...topField("gptq"), value: true, otherwise: false }];
  const packed: Setting = { ...topField("load_in_4bit"), value: true, otherwise: false };
  if (isQuantizedCheckpoint(run)) return [packed, checkpointBase(run, TOOL, ".base_model")];
  if (quant === "int8") return [{ ...topField("load_in_8bit"), value: true, otherwise: false }];
  const usual = { bnb_4bit_quant_type: "nf4", bnb_4bit_use_double_quant: true };
  return [
    packed,
    {
      ...topField("bnb_config_kwargs"),
      value: { fields: { bnb_4bit_quant_type: quant, bnb_4bit_use_double_quant: dq } },
      otherwise: { fields: usual },
    },
  ];
};

/**
 * What has adapters. `lora_target_linear` finds modules alone, no parameters of experts, and is refused beside experts that are quantised: a list stands in
 * its place there.
 *
 * @see axolotl@067b021c:src/axolotl/loaders/adapter.py, `find_all_linear_names`, `_build_peft_lora_config`; utils/schemas/config.py,
 *   `check_quantize_moe_experts`; docs/expert_quantization.qmd (0.15: lora_target_parameters); utils/schemas/peft.py (0.18: lora_rank_pattern, none in 0.17)
 */
const targeted = ({ choices, resolved, targets, named }: ChosenRun): readonly Setting[] => {
  const { modules, parameters } = named;
  const isLinear = targets === "all-linear" && parameters.length === 0 && resolved.experts === "16bit";
  const several = parameters.filter(({ r }) => r > choices.r);
  const pattern = (field: string, times: (r: number) => number): Setting => ({
    ...topField(field),
    value: several.length === 0 ? null : { fields: Object.fromEntries(several.map(({ path, r }) => [path, times(r)])) },
    otherwise: null,
    versions: "From axolotl 0.18.",
  });
  return [
    { ...topField("lora_target_linear"), value: isLinear, otherwise: false },
    { ...topField("lora_target_modules"), value: isLinear ? [] : modules, otherwise: [] },
    {
      ...topField("lora_target_parameters"),
      value: parameters.map(({ path }) => path),
      otherwise: [],
      versions: "From axolotl 0.15.",
    },
    pattern("lora_rank_pattern", (r) => r),
    pattern("lora_alpha_pattern", (r) => (resolved.alpha * r) / choices.r),
  ];
};

/** What adapters are. @see axolotl@067b021c:src/axolotl/utils/schemas/peft.py (peft_autocast_adapter_dtype: 0.13.1, none in 0.13.0) */
const adapters = (run: ChosenRun): readonly Setting[] => {
  const { choices, resolved, dora } = run;
  const { method } = choices;
  if (method === "full") return [{ ...topField("adapter"), value: null, otherwise: null }];
  return [
    // 4 bits are for `qlora` alone, 8 and GPTQ for `lora`.
    {
      ...topField("adapter"),
      value: method === "qlora" && isFourBit(choices.quant) ? "qlora" : "lora",
      otherwise: null,
    },
    { ...topField("lora_r"), value: choices.r },
    { ...topField("lora_alpha"), value: resolved.alpha },
    { ...topField("lora_dropout"), value: choices.dropout, otherwise: 0 },
    ...targeted(run),
    { ...topField("lora_modules_to_save"), value: choices.save, otherwise: [] },
    { ...topField("peft_use_dora"), value: dora, otherwise: false, versions: "From axolotl 0.5." },
    ...adapterFormat(run, {
      tool: TOOL,
      ...topField("peft_autocast_adapter_dtype"),
      versions: "From axolotl 0.13.1.",
    }),
  ];
};

/** DeepSpeed's files that it ships, by stage and what is in host memory. @see axolotl@067b021c:deepspeed_configs/ (zero2.json offloads the optimizer) */
const SHIPPED: Readonly<Record<string, string>> = {
  "1 none": "zero1.json",
  "2 optimizer": "zero2.json",
  "3 none": "zero3_bf16.json",
  "3 all": "zero3_bf16_cpuoffload_all.json",
};

/** FSDP by two fields. @see axolotl 0.8.1: src/axolotl/utils/schemas (fsdp_version); 067b021c: utils/schemas/fsdp.py, docs/multi-gpu.qmd */
const fsdp = (version: 1 | 2, isOnHost: boolean): readonly Setting[] => {
  const prefix = version === 1 ? "fsdp_" : "";
  const fields = {
    [`${prefix}auto_wrap_policy`]: "TRANSFORMER_BASED_WRAP",
    [`${prefix}offload_params`]: isOnHost,
    ...(version === 2 && { reshard_after_forward: true }),
  };
  return [
    { ...topField("fsdp_version"), value: version, otherwise: null, versions: "From axolotl 0.8.1." },
    { ...topField("fsdp_config"), value: { fields }, otherwise: null },
  ];
};

const sharding = (run: ChosenRun): readonly Setting[] => {
  const chosen = chosenSharding(run);
  switch (chosen.kind) {
    case "whole":
      return optimizerOnHost(run, TOOL);
    case "fsdp":
      return [...fsdp(chosen.version, chosen.isOnHost), ...optimizerOnHost(run, TOOL)];
    case "zero":
      return [shippedDeepspeed(run, { tool: TOOL, folder: "deepspeed_configs", files: SHIPPED })];
    default:
      return chosen satisfies never;
  }
};

/** How many processes, and ranks that divide one model. @see axolotl@067b021c:docs/cli.qmd; 0.8: tensor_parallel_size; 0.12: context_parallel_size */
const processes = ({ choices }: ChosenRun): readonly Setting[] => [
  {
    name: "launch",
    statement:
      choices.gpus === 1 ? null : `axolotl train config.yaml --launcher accelerate -- --num_processes=${choices.gpus}`,
  },
  { ...topField("tensor_parallel_size"), value: choices.tp, otherwise: 1, versions: "From axolotl 0.8." },
  { ...topField("context_parallel_size"), value: choices.cp, otherwise: 1, versions: "From axolotl 0.12." },
];

/** Axolotl's YAML. @see axolotl@067b021c (0.18.0):src/axolotl/utils/schemas/config.py, training.py */
export const AXOLOTL_LINES: ConfigLibrary = {
  file: `${TOOL} YAML`,
  write: yamlField,
  settings: (run) => [
    { ...topField("micro_batch_size"), value: run.choices.batch },
    { ...topField("gradient_accumulation_steps"), value: run.choices.accum, otherwise: 1 },
    { ...topField("sequence_len"), value: run.choices.seq },
    { ...topField("sample_packing"), value: run.choices.packing, otherwise: false },
    { ...topField("bf16"), value: run.resolved.compute === "bf16" },
    { ...topField("fp16"), value: run.resolved.compute === "fp16", otherwise: false },
    ...optimizer(run),
    ...checkpointing(run),
    attention(run),
    ...loss(run),
    ...ligerModules(run),
    ...adapters(run),
    ...loraKernels(run),
    ...quantization(run),
    ...expertLines(run, TOOL),
    ...sharding(run),
    ...processes(run),
    ...missingTopics(run, TOOL, ["kbit", "gradients", "states", "weights"]),
    ...missingTopics(run, TOOL, ["sequenceParallel", "pipeline", "ulysses"]),
  ],
  ofRun: (run) => [
    // axolotl@002a637c:src/axolotl/utils/schemas/training.py, eval_batch_size: that of training by itself
    ...(run.choices.eval === 0
      ? []
      : [{ ...topField("eval_batch_size"), value: run.choices.eval, otherwise: run.choices.batch }]),
    ...missingTopics(run, TOOL, ["evaluationKept", "evaluationLength", "saving"]),
    mergedElsewhere(run, TOOL, "axolotl merge-lora"),
  ],
};
