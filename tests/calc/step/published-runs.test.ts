import { estimated } from "#calc/model/memory-estimate.ts";
import { ENGINE } from "#calc/whole-engine.ts";
import { describe, expect, test } from "vitest";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import type { Architecture } from "#calc/model/architecture.ts";
import { GIB } from "#calc/base/bytes.ts";
import type { Scenario } from "#calc/model/scenario.ts";
import { lora } from "../lora.ts";
import { loraMethod, NF4, qloraMethod, scenario } from "../scenario.ts";

const architectureOf = (id: string): Architecture => {
  const model = FULL_CATALOG.models[id];
  if (model === undefined) throw new Error(`${id} is not in the catalog`);
  return model.architecture;
};

/**
 * foundation-model-stack/fms-acceleration@876e2ed6, scripts/benchmarks/refs/a100_80gb.csv: SFTTrainer of TRL 0.13, transformers 4.48.1, PEFT 0.13.2,
 * torch 2.4.1, flash-attn 2.7.3 on one A100 80GB; packed rows of 4,096 tokens, checkpointing, for-each AdamW, peak as the Trainer reports it.
 */
const fms = (patch: Partial<Scenario>): Scenario =>
  scenario({
    architecture: architectureOf("mistral-7b-v0.1"),
    micro_batch_size: 4,
    sequence_length: 4096,
    attn_implementation: "flash",
    loss: { kind: "full", transformers: "4.46", outputsKept: false },
    optim: "adamw_torch",
    ...patch,
  });
const ATTENTION = { lora_dropout: 0.1, target_modules: ["q_proj", "k_proj", "v_proj", "o_proj"] } as const;

/**
 * Another calculator's published measurements: transformers 5.8.1, PEFT 0.19.1, bitsandbytes 0.49.2, torch 2.6: a hand-written loop that keeps
 * `outputs`, without autocast, paged 8-bit AdamW.
 */
const qwen = (patch: Partial<Scenario>): Scenario =>
  scenario({
    architecture: architectureOf("qwen2.5-1.5b"),
    method: qloraMethod({
      lora: lora({ target_modules: ATTENTION.target_modules }),
      quantization: NF4,
      kbitPreparation: "fp32",
    }),
    autocast: false,
    loss: { kind: "full", transformers: "5", outputsKept: true },
    optim: "paged_adamw_8bit",
    ...patch,
  });

describe("Published runs, torch.cuda.max_memory_allocated within 0.5 %", () => {
  test.each([
    ["Mistral 7B full, batch 4 (line 10)", fms({}), 67.4602],
    ["Mistral 7B full, batch 8 (line 12)", fms({ micro_batch_size: 8 }), 67.4606],
    ["Mistral 7B LoRA, batch 4 (line 34)", fms({ method: loraMethod(ATTENTION) }), 24.8706],
    ["Mistral 7B LoRA, batch 8 (line 36)", fms({ method: loraMethod(ATTENTION), micro_batch_size: 8 }), 36.0821],
    [
      "Mistral 7B QLoRA as TRL prepares it, batch 4 (line 58)",
      fms({ method: qloraMethod({ lora: lora(ATTENTION), kbitPreparation: "trl-0.11" }) }),
      19.2498,
    ],
    [
      "Mistral 7B QLoRA as TRL prepares it, batch 8 (line 60)",
      fms({
        method: qloraMethod({ lora: lora(ATTENTION), kbitPreparation: "trl-0.11" }),
        micro_batch_size: 8,
      }),
      34.4614,
    ],
    [
      "Mistral 7B QLoRA without preparation, batch 4 (line 78)",
      fms({ method: qloraMethod({ lora: lora(ATTENTION) }) }),
      15.2493,
    ],
    [
      "Mistral 7B QLoRA without preparation, batch 8 (line 80)",
      fms({ method: qloraMethod({ lora: lora(ATTENTION) }), micro_batch_size: 8 }),
      26.4609,
    ],
    ["Qwen2.5 1.5B QLoRA, 1,024 tokens", qwen({}), 4.0413],
    ["Qwen2.5 1.5B QLoRA, 2,048 tokens", qwen({ sequence_length: 2048 }), 6.5324],
    ["Qwen2.5 1.5B QLoRA, 4,096 tokens", qwen({ sequence_length: 4096 }), 11.5068],
    ["Qwen2.5 1.5B QLoRA, batch 2", qwen({ micro_batch_size: 2 }), 6.5311],
  ] as const)("%s", (_, run, measuredGib) => {
    expect(Math.abs(estimated(ENGINE.estimate(run)).peakBytes / GIB / measuredGib - 1)).toBeLessThan(0.005);
  });
});
