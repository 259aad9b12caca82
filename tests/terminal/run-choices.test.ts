import { describe, expect, test } from "vitest";
import type { Choices } from "#scenario/keys/choices.ts";
import type { MeasuredRun } from "../../tools/terminal/accuracy/measured-run.ts";
import { isNotMapped } from "../../tools/terminal/accuracy/not-mapped.ts";
import { runChoices } from "../../tools/terminal/accuracy/run-choices.ts";

const RUN: MeasuredRun = {
  id: "a-run",
  source: "a test",
  model: "Llama-3-8B",
  hf_id: null,
  method: "full",
  params_total_b: 8,
  lora_rank: null,
  lora_alpha: null,
  lora_dropout: null,
  target_modules: null,
  weight_dtype: "bfloat16",
  precision: "bf16",
  quantization: null,
  optimizer: "adamw_torch",
  micro_batch_size: 1,
  grad_accum: null,
  seq_len: 512,
  seq_len_kind: "exact",
  packed: true,
  grad_checkpointing: true,
  attention_impl: null,
  compile: false,
  chunked_or_fused_ce: false,
  activation_offload: false,
  num_gpus: 1,
  parallelism: "none",
  gpu: "A100-80GB",
  metric: "max_memory_allocated",
  metric_class: "allocated",
  measured_peak_gib: 10,
  measured_gib_range: null,
  static_gib: null,
  nvidia_smi_gib: null,
  framework: "HF SFTTrainer",
  notes: null,
};

/** The choices of that run, but for what is said of it here. */
const choices = (patch: Partial<MeasuredRun>): Choices => {
  const mapped = runChoices({ ...RUN, ...patch });
  if (isNotMapped(mapped)) throw new Error(mapped.why);
  return mapped;
};

test("rows of exactly so many tokens have no padding, packed or not; rows of at most so many have", () => {
  const packingOf = (packed: boolean, seq_len_kind: MeasuredRun["seq_len_kind"]): boolean =>
    choices({ packed, seq_len_kind }).packing;
  expect(packingOf(false, "exact")).toBe(true);
  expect(packingOf(false, "cap")).toBe(false);
  expect(packingOf(true, "cap")).toBe(true);
});

describe("a row's words on precision", () => {
  test.each([
    ["pure bf16", "HF SFTTrainer"],
    ["pure bf16 (weights, grads, Adam states bf16)", "HF SFTTrainer (transformers 4.45.2, trl 0.11.4, peft 0.13.2)"],
    ["bf16 (pure)", "HF Trainer, transformers 5.1"],
    ["bf16 weights (FSDP mixed_precision no)", "HF SFTTrainer (trl 0.19)"],
    ["base bf16, adapters fp32 (mixed_precision: no)", "HF SFTTrainer"],
  ])("%s: nothing runs under autocast, with %s too", (precision, framework) => {
    expect(choices({ precision, framework }).autocast).toBe(false);
  });

  test("bf16 asked of the trainer is under autocast, however small the measured footprint", () => {
    const precision = "weights bf16; measured 10 B/param peak = pure-bf16 footprint even with bf16:True";
    expect(choices({ precision }).autocast).toBe(null);
  });

  test("bf16 parameters with fp32 masters are DeepSpeed's, whoever runs the loop; fp32 masters under FSDP are fp32 weights", () => {
    const masters = choices({ precision: "bf16 params + fp32 master/optimizer on CPU", framework: "HF Trainer" });
    expect(masters).toMatchObject({ stack: "deepspeed", weights: null, autocast: null, adapters: null });
    const precision = "fp32 master weights/grads/states under FSDP (accelerate upcasts), bf16 autocast";
    expect(choices({ precision })).toMatchObject({ stack: "trl-0.13", weights: "fp32", autocast: true });
  });
});

test.each([
  ["adamw_8bit", "adamw_bnb_8bit"],
  ["adamw_bnb_8bit", "adamw_bnb_8bit"],
  ["adamw_torch_8bit", "adamw_torch_8bit"],
  ["bnb 8-bit Adam", "adamw_bnb_8bit"],
  ["bitsandbytes AdamW8bit, optimizer-in-backward", "adamw_bnb_8bit_in_backward"],
  ["bnb 8-bit AdamW, optimizer-in-backward", "adamw_bnb_8bit_in_backward"],
  ["paged_adamw_8bit", "paged_adamw_8bit"],
  ["paged_adamw_32bit", "paged_adamw_32bit"],
  ["bnb PagedAdamW (fp32 states, paged), optimizer-in-backward", "paged_adamw_32bit_in_backward"],
  ["adamw_torch (foreach; adam_epsilon 1e-4)", "adamw_torch"],
] as const)("the optimizer %s is %s", (optimizer, optim) => {
  expect(choices({ optimizer }).optim).toBe(optim);
});

test.each([
  ["transformers 5.8.1, peft 0.19.1, bnb 0.49.2", "plain"],
  ["peft 0.17.0, transformers 4.55.2", "plain"],
  ["PEFT 0.15 with transformers==4.51.3", "plain"],
  ["transformers + peft (transformers 4.5x)", "plain"],
  ["transformers + peft + bitsandbytes", "transformers-4.45"],
  ["HF Trainer (transformers 4.44, peft 0.12)", "transformers-4.45"],
  ["HF Trainer (transformers 4.47.1, peft 0.14)", "transformers-4.46"],
  ["HF Trainer (transformers 4.52.4, peft 0.15)", "transformers"],
  ["ms-swift", "transformers-4.45"],
  ["ms-swift 2.5", "transformers-4.45"],
  ["ms-swift 2.1 (transformers 4.40, peft 0.11)", "transformers-4.45"],
  ["ms-swift 3.1 (transformers 4.45, trl 0.11)", "transformers"],
  ["ms-swift 3.6", "transformers"],
  ["ms-swift (2025)", "transformers"],
] as const)("%s is the stack %s", (framework, stack) => {
  expect(choices({ framework }).stack).toBe(stack);
});

describe("micro batches before a step", () => {
  test.each([
    ["lit-gpt (torch 2.1, bnb 0.41.1)", { micro_batch_size: 4 }, 32],
    ["lit-gpt (torch 2.1, bnb 0.41.1)", { num_gpus: 2, parallelism: "FSDP" }, 128],
    ["litgpt", { micro_batch_size: 2 }, 8],
    ["litgpt", { num_gpus: 4, parallelism: "FSDP" }, 4],
    ["litgpt", { num_gpus: 4, parallelism: "FSDP", micro_batch_size: 8 }, 1],
    ["HF SFTTrainer", {}, 1],
  ] as const)("of %s with %o are %i, where the row does not say", (framework, patch, accum) => {
    expect(choices({ framework, ...patch }).accum).toBe(accum);
  });

  test("are those of the row, where it says", () => {
    expect(choices({ framework: "litgpt", grad_accum: 3 }).accum).toBe(3);
  });
});

test("layers that device_map spreads over cards are stages of a pipeline, one micro batch for each at least", () => {
  const spread = { framework: "ms-swift", num_gpus: 2, parallelism: "device_map split" };
  expect(choices(spread)).toMatchObject({ gpus: 2, shard: "none", pp: 2, accum: 2 });
  expect(choices({ ...spread, grad_accum: 16 }).accum).toBe(16);
  expect(choices({ num_gpus: 2, parallelism: "FSDP1" })).toMatchObject({ shard: "fsdp1", pp: 1, accum: 1 });
});

test("Unsloth is the one of its version: before March 2025 another, which it is without a version", () => {
  const stackOf = (framework: string): string => choices({ framework, method: "lora" }).stack;
  expect(stackOf("Unsloth")).toBe("unsloth-2024");
  expect(stackOf("Unsloth 2025.2.1")).toBe("unsloth-2024");
  expect(stackOf("Unsloth 2025.3.1")).toBe("unsloth");
  expect(stackOf("Unsloth 2025.11.4")).toBe("unsloth");
  expect(stackOf("Unsloth 2026.7")).toBe("unsloth");
});

test("a run whose attention is flex attention is not mapped, as no rule for it is known", () => {
  expect(runChoices({ ...RUN, attention_impl: "flex_attention" })).toEqual({
    why: "its attention is flex attention's, of which no rule is known",
  });
});
