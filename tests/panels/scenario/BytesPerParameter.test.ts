import { describe, expect, it } from "vitest";
import { TRAITS_OF_ANY } from "#catalog/gpu-support.ts";
import {
  bytesRows,
  bytesSummary,
  formatOfBytes,
  formatsSummary,
  type BytesKey,
  type BytesRow,
} from "#panels/scenario/parameter-formats.ts";
import { sectionSummaries } from "#panels/scenario/SectionRows.tsx";
import { type Choices, DEFAULT_CHOICES } from "#scenario/keys/choices.ts";
import { stackOf } from "#scenario/choices/resolve-stack.ts";
import { stateBytes } from "#service/answers/page-answer.ts";

const choose = (patch: Partial<Choices>): Choices => ({ ...DEFAULT_CHOICES, ...patch });
const rowsOf = (patch: Partial<Choices>): readonly BytesRow[] =>
  bytesRows(choose(patch), stateBytes(choose(patch), TRAITS_OF_ANY), TRAITS_OF_ANY);
const row = (key: BytesKey, patch: Partial<Choices>): BytesRow | undefined =>
  rowsOf(patch).find((one) => one.key === key);
const summary = (patch: Partial<Choices>): string => bytesSummary(rowsOf(patch), choose(patch).method);

describe("bytes per parameter", () => {
  it("are 2 + 2 + 8 for full fine-tuning in the article's accounting: 12", () => {
    expect(summary({ stack: "article", method: "full" })).toBe("2 + 2 + 8");
  });

  it("are 4 + 4 + 8 for adapters that PEFT keeps in fp32, as it does by default: 16", () => {
    expect(summary({ method: "lora" })).toBe("4 + 4 + 8");
  });

  it("follow the weights' dtype for gradients and states of full fine-tuning, as PyTorch does", () => {
    expect(summary({ method: "full", weights: "bf16" })).toBe("2 + 2 + 4");
    expect(summary({ method: "full", weights: "fp32" })).toBe("4 + 4 + 8");
  });

  it("are said as formats: of the base, and of what is trained beside it", () => {
    const words = (patch: Partial<Choices>): string => formatsSummary(rowsOf(patch), choose(patch));
    expect(words({ method: "full" })).toBe("bf16 base, bf16 gradients");
    expect(words({ method: "lora" })).toBe("bf16 base, fp32 adapters");
    expect(words({ method: "lora", weights: 0.5, adapters: "bf16" })).toBe("0.5 B base, bf16 adapters");
    expect(words({ method: "qlora", quant: "nf4" })).toBe("NF4 base, fp32 adapters");
  });

  it("know an override from what the stack uses", () => {
    expect(row("weights", { weights: null })).toMatchObject({ dtype: "bf16", isOverridden: false });
    expect(row("weights", { weights: "fp32" })).toMatchObject({ dtype: "fp32", usual: "bf16", isOverridden: true });
    expect(row("states", { states: 6 })).toMatchObject({ dtype: null, bytes: 6, isOverridden: true });
  });

  it("typed as a number are the dtype of that size, of states never", () => {
    expect(formatOfBytes("weights", 4, "bf16")).toBe("fp32");
    expect(formatOfBytes("weights", 2, "fp16")).toBe("fp16");
    expect(formatOfBytes("weights", 2, "fp32")).toBe("bf16");
    expect(formatOfBytes("weights", 0.5, "bf16")).toBe(0.5);
    expect(formatOfBytes("states", 4, "fp32")).toBe(4);
  });
});

describe("a closed row", () => {
  const summariesFor = (patch: Partial<Choices>) => sectionSummaries(choose(patch), stackOf(choose(patch)));

  it("shows the value while nothing departs from the stack", () => {
    expect(summariesFor({})).toMatchObject({
      methods: "Full, LoRA, QLoRA",
      stack: stackOf(DEFAULT_CHOICES).name,
      run: "Not counted",
      lora: "alpha 32, dropout 0",
      gpus: "1 GPU",
      used: "none",
    });
  });

  it("counts what departs from it", () => {
    expect(summariesFor({ loss: "fused", accum: 8, ckpt: false }).training).toBe("3 changed");
    expect(summariesFor({ alloc: "expandable", lengths: 512 }).training).toBe("2 changed");
    expect(summariesFor({ dq: false }).stack).toBe("1 changed");
  });

  it("says in words what is counted beside the training step", () => {
    expect(summariesFor({ eval: 8, evalkeep: "logits", saving: "adapter", resume: true }).run).toBe(
      "Batch 8, logits kept; saves adapters; resumed",
    );
    expect(summariesFor({ eval: 2, evalseq: 1024, evalgen: 64 }).run).toBe("Batch 2, 64 tokens generated");
    expect(summariesFor({ loading: "host", merge: "safe", saving: "full" }).run).toBe(
      "Saves the whole model; merges adapters safely; loaded on the host",
    );
    expect(summariesFor({ evalseq: 1024, evalkeep: "argmax" }).run).toBe("Not counted");
  });

  it("names the sharding that follows from several GPUs", () => {
    expect(summariesFor({ gpus: 8 }).gpus).toBe("8 GPUs, FSDP 2");
    expect(sectionSummaries(choose({ gpus: 8 }), stackOf(choose({})), "2 × tensor, 4 × data").gpus).toBe(
      "8 GPUs: 2 × tensor, 4 × data",
    );
    expect(summariesFor({ gpus: 8, shard: "zero3", offload: "all" }).gpus).toBe("8 GPUs, ZeRO 3, offload");
    expect(summariesFor({ used: 1.5 }).used).toBe("1.5 GiB");
  });
});
