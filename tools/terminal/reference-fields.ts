import {
  array,
  type GenericSchema,
  literal,
  looseObject,
  minLength,
  nullable,
  optional,
  pipe,
  record,
  strictTuple,
  union,
} from "valibot";
import { TARGET_PRESETS } from "#calc/model/layout.ts";
import { OBJECTIVES, REFERENCES } from "#calc/model/objective.ts";
import { METHODS, OPTIMIZERS, SHARDINGS, TUNERS } from "#calc/model/scenario.ts";
import { ARCHITECTURE } from "./architecture-fields.ts";
import type { CountsRow } from "./reference-counts.ts";
import type { ReferenceRow, ReferenceSettings, ShortRow } from "./reference-row.ts";
import { count, oneOf, share, text, whole, yesOrNo } from "./row-fields.ts";

const DTYPES = ["bfloat16", "float16", "float32"];
const NAMES = "a list of names";
const COMPLETION = "tokens of a prompt and of its completion";
const EXAMPLE = "tokens of a prompt and of its completion, and whether it is wanted";
const PAIR = "tokens of a prompt, of a chosen and of a rejected completion";

const names = array(text, NAMES);
const flag = optional(yesOrNo);
const ranks = optional(count);
const dtype = optional(oneOf(DTYPES));

/** Of each setting of a run, what it can be. */
const SETTINGS: Readonly<Record<keyof ReferenceSettings, GenericSchema>> = {
  id: text,
  model: text,
  model_type: optional(text),
  transformers: optional(text),
  architecture: optional(ARCHITECTURE),
  num_hidden_layers: count,
  partial_rotary_factor: optional(share),
  method: oneOf(METHODS),
  micro_batch_size: count,
  sequence_length: count,
  padded: flag,
  windows: flag,
  lengths: optional(array(count, "a list of numbers of tokens")),
  objective: optional(oneOf(OBJECTIVES)),
  trl_version: optional(text),
  triton: optional(yesOrNo),
  ref: optional(oneOf(["none", ...REFERENCES])),
  scored_tokens: optional(count),
  completions: optional(array(strictTuple([count, count], COMPLETION), "a list of rows")),
  pairs: optional(
    array(union([strictTuple([count, count, count]), strictTuple([count, count])], PAIR), "a list of pairs"),
  ),
  examples: optional(array(strictTuple([count, count, whole], EXAMPLE), "a list of examples")),
  loss_type: optional(literal("apo_zero_unpaired")),
  teacher: optional(text),
  teacher_layers: ranks,
  teacher_dtype: dtype,
  gradient_accumulation_steps: optional(count),
  gradient_checkpointing: yesOrNo,
  selective_checkpointing: optional(union([literal("op"), count], "op or a whole number above zero")),
  reentrant: flag,
  kernels: optional(array(oneOf(["liger", "lora"]), NAMES)),
  activation_offloading: flag,
  autocast_bf16: yesOrNo,
  autocast_dtype: dtype,
  weight_dtype: oneOf(DTYPES),
  attn_implementation: oneOf(["flash", "sdpa", "efficient", "math", "eager"]),
  optim: optional(oneOf([...OPTIMIZERS, "adamw_torch (foreach)"])),
  r: optional(count),
  target_modules: optional(union([literal("all-linear"), names], "a list of modules or all-linear")),
  lora_dropout: optional(share),
  adapter_dtype: dtype,
  use_dora: flag,
  tuner: optional(oneOf(TUNERS)),
  modules_to_save: optional(names),
  bnb_4bit_use_double_quant: flag,
  llm_int8_skip_modules: optional(names),
  kbit_preparation: optional(oneOf(["fp32", "trl", "none"])),
  experts: optional(oneOf(["16bit", "parametrize", "rebuild"])),
  library: optional(oneOf(["unsloth"])),
  expert_adapters: flag,
  num_gpus: ranks,
  shard: optional(oneOf(SHARDINGS)),
  reshard_after_forward: flag,
  param_dtype: dtype,
  reduce_dtype: dtype,
  reduces_each_micro_step: flag,
  max_live_parameters: optional(whole),
  tensor_parallel: ranks,
  sequence_parallel: flag,
  loss_parallel: flag,
  context_parallel: ranks,
  ulysses: ranks,
  pipeline_parallel: ranks,
  expert_parallel: ranks,
  stage: optional(whole),
  units: optional(oneOf(["accelerate", "layers"])),
};

const MOMENTS = "a list of moments";
const step = pipe(
  array(looseObject({ moment: text, live_bytes: whole, peak_bytes: whole }), MOMENTS),
  minLength(1, MOMENTS),
);

const EXPECTED: Readonly<Record<keyof ReferenceRow["expected"], GenericSchema>> = {
  params: optional(whole),
  trainable_params: optional(whole),
  static_bytes: whole,
  peak_bytes: count,
  step,
  first_step: optional(step),
  host_peak_bytes: optional(whole),
};

/** A run of the real modelling code. */
export const REFERENCE_ROW = looseObject({ ...SETTINGS, expected: looseObject(EXPECTED, "what was held") });

const SHORT: Readonly<Record<Exclude<keyof ShortRow, keyof ReferenceSettings>, GenericSchema>> = {
  staticBytes: whole,
  peakBytes: count,
  step: record(text, strictTuple([whole, whole], "two numbers of bytes"), "moments"),
};

/** The same in short, as older golden files have it. */
export const SHORT_ROW = looseObject({ ...SETTINGS, ...SHORT });

const PRESETS = Object.fromEntries(TARGET_PRESETS.map((preset) => [preset, nullable(whole)]));

const COUNTS: Readonly<Record<keyof CountsRow, GenericSchema>> = {
  id: text,
  params: count,
  linear_params: whole,
  lora_r16: looseObject(PRESETS, "counts by preset"),
};

/** Parameters of a model, counted. */
export const COUNTS_ROW = looseObject(COUNTS);
