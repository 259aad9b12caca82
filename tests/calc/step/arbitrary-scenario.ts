import fc from "fast-check";
import type { Architecture } from "#calc/model/architecture.ts";
import type { ParameterFormat } from "#calc/base/dtypes.ts";
import {
  type RowLengths,
  MODELLINGS,
  type Offload,
  OPTIMIZERS,
  type Scenario,
  SHARDINGS,
} from "#calc/model/scenario.ts";
import { GPT_2, LLAMA_2_7B, QWEN3_30B_A3B, SMALL_DEEPSEEK } from "../architectures.ts";
import { lora } from "../lora.ts";

/** A Qwen 2.5 0.5B: grouped heads, biases, a tied head of many words. */
const SMALL_QWEN: Architecture = {
  ...LLAMA_2_7B,
  model_type: "qwen2",
  num_hidden_layers: 24,
  hidden_size: 896,
  num_attention_heads: 14,
  num_key_value_heads: 2,
  head_dim: 64,
  intermediate_size: 4864,
  vocab_size: 151_936,
  tie_word_embeddings: true,
};

const format = fc.constantFrom<ParameterFormat>("fp32", "bf16", "fp16", "int8", 0.5, 3);

const quantization = fc.oneof(
  fc.record({
    kind: fc.constant("bnb-4bit" as const),
    bnb_4bit_quant_type: fc.constantFrom("nf4" as const, "fp4" as const),
    bnb_4bit_use_double_quant: fc.boolean(),
  }),
  fc.constant({ kind: "bnb-8bit" as const }),
  fc.constant({ kind: "gptq" as const }),
  fc.constant({ kind: "flat" as const, bytesPerParameter: 0.5 }),
);

const loraSettings = fc
  .record({
    r: fc.integer({ min: 1, max: 1024 }),
    lora_dropout: fc.constantFrom(0, 0.05),
    target_modules: fc.constantFrom<readonly string[] | "all-linear">(
      "all-linear",
      ["q_proj", "v_proj"],
      ["down_proj"],
      [],
    ),
    use_dora: fc.boolean(),
    modules_to_save: fc.constantFrom<readonly string[]>([], ["embed_tokens", "lm_head"]),
    adapters: format,
  })
  .map((settings) => lora(settings));

const experts = fc.record({
  stored: fc.constantFrom("4bit" as const, "8bit" as const, "mxfp4" as const),
  read: fc.constantFrom("saved" as const, "rebuilt" as const),
});

/** With experts packed, or as they are loaded. */
const packed = <Of extends object>(of: fc.Arbitrary<Of>) =>
  fc
    .tuple(of, fc.option(experts, { nil: null }))
    .map(([whole, chosen]) => (chosen === null ? whole : { ...whole, experts: chosen }));

const method = fc.oneof(
  fc.constant({ kind: "full" as const }),
  packed(fc.record({ kind: fc.constant("lora" as const), lora: loraSettings })),
  packed(
    fc.record({
      kind: fc.constant("qlora" as const),
      lora: loraSettings,
      quantization,
      kbitPreparation: fc.constantFrom(
        "fp32" as const,
        "trl" as const,
        "trl-0.11" as const,
        "axolotl" as const,
        "none" as const,
      ),
    }),
  ),
);

const loss = fc.oneof(
  fc.record({
    kind: fc.constant("full" as const),
    transformers: fc.constantFrom("5" as const, "4.46" as const, "4.45" as const, "none" as const),
    outputsKept: fc.boolean(),
  }),
  fc.constant({ kind: "inplace" as const }),
  fc.record({ kind: fc.constant("chunked" as const), chunks: fc.integer({ min: 1, max: 64 }) }),
  fc.record({
    kind: fc.constant("chunked" as const),
    chunks: fc.integer({ min: 1, max: 64 }),
    keeps: fc.constantFrom("log-probabilities" as const, "logits" as const),
  }),
  fc.record({ kind: fc.constant("litgpt" as const), longestFirst: fc.boolean() }),
  fc.record({ kind: fc.constant("fused" as const), kernel: fc.constantFrom("liger" as const, "trl" as const) }),
);

const everyPart: fc.Arbitrary<Scenario> = fc.record({
  architecture: fc.constantFrom(LLAMA_2_7B, SMALL_QWEN, QWEN3_30B_A3B, GPT_2, SMALL_DEEPSEEK),
  statedParameters: fc.constantFrom(null, 7e9),
  objective: fc.constant("sft" as const),
  accounting: fc.constantFrom("training-step" as const, "training-step" as const, "bytes-per-parameter" as const),
  modelling: fc.constantFrom(...MODELLINGS),
  method,
  weights: format,
  gradients: fc.option(format, { nil: null }),
  optimizerStates: fc.option(format, { nil: null }),
  masterWeightBytes: fc.constantFrom(0, 4),
  autocast: fc.boolean(),
  micro_batch_size: fc.integer({ min: 1, max: 32 }),
  sequence_length: fc.integer({ min: 1, max: 32_768 }),
  gradient_accumulation_steps: fc.constantFrom(1, 8),
  gradient_checkpointing: fc.boolean(),
  checkpointsOffloaded: fc.boolean(),
  attn_implementation: fc.constantFrom("flash" as const, "sdpa" as const, "eager" as const),
  packing: fc.boolean(),
  lengths: fc.oneof(
    fc.constantFrom<RowLengths>({ kind: "fixed" }, { kind: "uniform" }),
    fc.record({ kind: fc.constant("lognormal" as const), mean: fc.integer({ min: 1, max: 32_768 }) }),
  ),
  allocator: fc.record({ expandable_segments: fc.boolean(), max_split_size_mb: fc.constantFrom(null, 20, 512) }),
  loss,
  optim: fc.constantFrom(...OPTIMIZERS),
  gpus: fc.constantFrom(1, 2, 8),
  sharding: fc.constantFrom(...SHARDINGS),
  offload: fc.constantFrom<Offload>("none", "optimizer", "all"),
});

/** Scenarios of every kind, sensible or not: all that the types allow; some of them with layers that are checkpointed in part, or with what backward needs in host memory. */
export const arbitraryScenario: fc.Arbitrary<Scenario> = fc
  .tuple(everyPart, fc.constantFrom(undefined, undefined, "op" as const, 2, 3), fc.constantFrom(false, false, true))
  .map(([scenario, selective, savedTensorsOffloaded]) => ({
    ...scenario,
    ...(selective !== undefined && { selective }),
    savedTensorsOffloaded,
  }));

/** On one GPU, with gradients and states in the types that they have by themselves. */
export const alone = (of: Scenario): Scenario => ({
  ...of,
  gpus: 1,
  sharding: "none",
  offload: "none",
  gradients: null,
  optimizerStates: null,
});
