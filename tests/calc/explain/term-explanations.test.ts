import { ENGINE } from "#calc/whole-engine.ts";
import { describe, expect, test } from "vitest";
import { explainTerm } from "#calc/explain/term-explanations.ts";
import { TERM_IDS } from "#calc/model/terms.ts";
import { type LossPath, OPTIMIZERS } from "#calc/model/scenario.ts";
import { LLAMA_2_7B } from "../architectures.ts";
import { loraMethod, qloraMethod, scenario } from "../scenario.ts";

const LOSSES: readonly LossPath[] = [
  { kind: "full", transformers: "5", outputsKept: false },
  { kind: "inplace" },
  { kind: "full", transformers: "none", outputsKept: false },
  { kind: "chunked", chunks: 8 },
  { kind: "chunked", chunks: 8, keeps: "log-probabilities" },
  { kind: "chunked", chunks: 8, keeps: "logits" },
  { kind: "litgpt", longestFirst: false },
  { kind: "fused", kernel: "liger" },
  { kind: "fused", kernel: "trl" },
];

describe("the words of a term", () => {
  test.each(TERM_IDS)("%s is said in sentences, with a source", (id) => {
    const { note, source } = explainTerm(scenario({ method: loraMethod() }), id, "rule");
    expect(note).toMatch(/^[A-Z].*\.$/);
    expect(source.label).not.toBe("");
    expect(source.url ?? "https://").toMatch(/^https:\/\//);
  });

  test("differ from one loss path to the next", () => {
    expect(new Set(LOSSES.map((loss) => explainTerm(scenario({ loss }), "logits", "rule").note)).size).toBe(
      LOSSES.length,
    );
  });

  test("differ from one optimizer to the next", () => {
    const notes = OPTIMIZERS.map((optim) => explainTerm(scenario({ optim }), "optimizer", "rule").note);
    expect(new Set(notes).size).toBe(OPTIMIZERS.length);
  });

  test("of what is above the tensors are those of a replay, or of the rule", () => {
    const ruled = explainTerm(scenario(), "framework", "rule");
    const replayed = explainTerm(scenario(), "framework", "replay");
    expect(ruled.note).toContain("by a rule 2 % of the tensors");
    expect(ruled.source.label).toContain("measured pairs");
    expect(replayed.note).toContain("by a replay of this run");
    expect(replayed.source.url).toMatch(/CUDACachingAllocator\.cpp$/);
    expect(explainTerm(scenario(), "weights", "replay")).toBe(explainTerm(scenario(), "weights", "rule"));
  });

  test("of a flat accounting are those of a rule of thumb, and it leaves out what the batch adds", () => {
    const flat = scenario({ accounting: "bytes-per-parameter" });
    expect(explainTerm(flat, "activations", "rule").source.label).toContain("Rule of thumb");
    expect(explainTerm(flat, "framework", "rule").source.label).toContain("nvidia-smi");
    expect(ENGINE.approximations(flat)).toEqual([expect.stringContaining("batch, sequence length and vocabulary")]);
  });
});

describe("what is not exact", () => {
  test("is nothing where the step is held against PyTorch", () => {
    expect(ENGINE.approximations(scenario({ method: loraMethod() }))).toEqual([]);
    expect(ENGINE.approximations(scenario({ gpus: 2, sharding: "ddp" }))).toEqual([]);
    expect(ENGINE.approximations(scenario({ packing: false, micro_batch_size: 2 }))).toEqual([]);
    expect(ENGINE.approximations(scenario({ packing: false, attn_implementation: "flash" }))).toEqual([]);
  });

  test.each([
    ["a model that nobody knows", { architecture: { ...LLAMA_2_7B, model_type: "made_up" } }, "Nobody knows"],
    ["a model of remote code", { architecture: { ...LLAMA_2_7B, model_type: "minicpm" } }, "not in transformers"],
    [
      "rows with padding in code whose mask is not known",
      { packing: false, micro_batch_size: 2, modelling: "transformers-4.48" },
      "the attention mask",
    ],
    [
      "rows with padding in flash-attn",
      { packing: false, micro_batch_size: 2, attn_implementation: "flash" },
      "flash-attn copies the tokens",
    ],
    ["a loss with a kernel of its own", { loss: { kind: "inplace" } }, "source of its kernel"],
    ["ZeRO", { gpus: 2, sharding: "zero3" }, "DeepSpeed 0.19 on a CPU"],
    ["packed weights in shards", { gpus: 2, sharding: "fsdp2", method: qloraMethod() }, "quant_storage"],
    ["what moves to the host", { offload: "optimizer" }, "Offloading"],
  ] as const)("is said of %s", (_, patch, words) => {
    expect(ENGINE.approximations(scenario(patch))).toEqual([expect.stringContaining(words)]);
  });

  test("is said of LLM.int8", () => {
    const method = { ...qloraMethod(), quantization: { kind: "bnb-8bit" } } as const;
    expect(ENGINE.approximations(scenario({ method }))).toEqual([expect.stringContaining("4-bit")]);
  });
});
