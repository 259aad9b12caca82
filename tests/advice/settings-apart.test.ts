import { describe, expect, test } from "vitest";
import { settingsApart } from "#advice/settings-apart.ts";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import type { Choices } from "#scenario/choices/choices.ts";
import { DEFAULT_CHOICES } from "#scenario/choices/defaults.ts";
import { toAnswer } from "#scenario/choices/to-answer.ts";

const named = (patch: Partial<Choices>) => toAnswer({ ...DEFAULT_CHOICES, ...patch, show: ["lora"] }, FULL_CATALOG);
const apart = (after: Partial<Choices>, before: Partial<Choices> = {}): readonly string[] =>
  settingsApart(named(before), named(after)).map((each) => `${each.name} ${each.before} → ${each.after}`);

describe("settings that differ are said in the page's words", () => {
  test.each<readonly [Partial<Choices>, string]>([
    [{ optim: "paged_adamw_32bit" }, "optimizer AdamW, fused → AdamW, paged"],
    [{ loss: "inplace" }, "loss full → in place"],
    [{ attn: "flash" }, "attention SDPA → flash"],
    [{ offload: "optimizer" }, "offload none → optimizer"],
    [{ selective: "op" }, "selective checkpointing whole → by operation"],
    [{ selective: 4 }, "selective checkpointing whole → one in 4"],
    [{ targets: "attention" }, "targets all linear → attention"],
    [{ targets: ["q_proj", "v_proj"] }, "targets all linear → q_proj, v_proj"],
    [{ quant: "int8" }, "quantised base NF4 → int8"],
    [{ kbit: "axolotl" }, "k-bit preparation fp32 → Axolotl"],
    [{ kbit: "trl" }, "k-bit preparation fp32 → TRL to 0.10"],
    [{ stack: "llama-factory" }, "stack Transformers + PEFT → LLaMA-Factory"],
    [{ liger: true }, "Liger’s kernels off → on"],
    [{ reentrant: true }, "reentrant checkpoints off → on"],
    [{ tuner: "vera" }, "tuner LoRA → VeRA"],
    [{ weights: 1 }, "weights bf16 → 1 B"],
    [{ save: ["lm_head"] }, "modules saved whole none → lm_head"],
    [{ used: 0.5 }, "GiB in use 0 → 0.5"],
    [{ dropout: 0.05, seq: 4096 }, "sequence 2,048 → 4,096"],
    [{ packing: !DEFAULT_CHOICES.packing }, "packing on → off"],
  ])("%j is %j", (patch, words) => {
    expect(apart(patch)).toContain(words);
  });

  test("with what stands where a library has no such setting", () => {
    expect(apart({ stack: "unsloth" }, { liger: true, reentrant: true })).toEqual(
      expect.arrayContaining(["Liger’s kernels on → off", "reentrant checkpoints on → as the library has them"]),
    );
    expect(apart({ stack: "axolotl", lorakernels: false }, { stack: "axolotl" })).toEqual([
      "fused LoRA kernels on → off",
    ]);
  });

  test("with the sharding that follows from how many GPUs there are", () => {
    expect(apart({ gpus: 2 })).toEqual(["GPUs 1 → 2", "sharding none → FSDP 2"]);
    expect(apart({ gpus: 2, shard: "zero2" }, { gpus: 2 })).toEqual(["sharding FSDP 2 → ZeRO 2"]);
  });

  test("with how a quantised base follows from the library, for QLoRA", () => {
    const model: Choices["model"] = { kind: "catalog", id: "mixtral-8x7b" };
    const stack = "Transformers + PEFT → Unsloth";
    expect(apart({ model, method: "qlora", stack: "unsloth" }, { model, method: "qlora" })).toEqual([
      `stack ${stack}`,
      "experts 16-bit → 4-bit",
      "k-bit preparation fp32 → none",
    ]);
    expect(apart({ model, stack: "unsloth" }, { model })).toEqual([`stack ${stack}`]);
    const packed: Partial<Choices> = { model, method: "qlora", experts: "4bit" };
    expect(apart({ ...packed, stack: "unsloth" }, packed)).toEqual([
      `stack ${stack}`,
      "reading of experts saved for backward → rebuilt in backward",
      "k-bit preparation fp32 → none",
    ]);
  });

  test("with the format of what is trained where nobody chose one for gradients", () => {
    expect(apart({ grads: "bf16" })).toEqual(["gradients as trained → bf16"]);
    expect(apart({ grads: "bf16", states: "fp32" })).toContain("optimizer states as trained → fp32");
  });
});
