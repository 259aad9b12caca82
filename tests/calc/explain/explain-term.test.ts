import { describe, expect, test } from "vitest";
import { explainApproximations } from "#calc/explain/approximations.ts";
import { explainTerm } from "#calc/explain/explain-term.ts";
import { TERM_IDS } from "#calc/memory-estimate.ts";
import { type LossPath, OPTIMIZERS } from "#calc/scenario.ts";
import { loraMethod, scenario } from "../scenario.ts";

const LOSSES: readonly LossPath[] = [
  { kind: "full", transformers: "5", outputsKept: false },
  { kind: "inplace" },
  { kind: "chunked", chunks: 8 },
  { kind: "fused", kernel: "liger" },
  { kind: "fused", kernel: "trl" },
];

describe("the words of a part", () => {
  test.each(TERM_IDS)("%s is said in sentences, with a source", (id) => {
    const { note, source } = explainTerm(scenario({ method: loraMethod() }), id);
    expect(note).toMatch(/^[A-Z].*\.$/);
    expect(source.label).not.toBe("");
    expect(source.url ?? "https://").toMatch(/^https:\/\//);
  });

  test("differ from one loss path to the next", () => {
    expect(new Set(LOSSES.map((loss) => explainTerm(scenario({ loss }), "logits").note)).size).toBe(LOSSES.length);
  });

  test("differ from one optimizer to the next", () => {
    const notes = OPTIMIZERS.map((optim) => explainTerm(scenario({ optim }), "optimizer").note);
    expect(new Set(notes).size).toBe(OPTIMIZERS.length);
  });

  test("of a flat accounting are those of a rule of thumb, and it leaves out what the batch adds", () => {
    const flat = scenario({ accounting: "bytes-per-parameter" });
    expect(explainTerm(flat, "activations").source.label).toContain("Rule of thumb");
    expect(explainTerm(flat, "framework").source.label).toContain("nvidia-smi");
    expect(explainApproximations(flat)).toEqual([expect.stringContaining("batch, sequence length and vocabulary")]);
  });
});
