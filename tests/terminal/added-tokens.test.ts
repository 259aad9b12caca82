import { describe, expect, test } from "vitest";
import { addedTokens } from "../../tools/terminal/accuracy/added-tokens.ts";
import { holdRun } from "../../tools/terminal/accuracy/held-run.ts";
import { readMeasuredRuns } from "../../tools/terminal/accuracy/measured-run.ts";
import { seenRun } from "../../tools/terminal/accuracy/seen-run.ts";

const SOURCE = "foundation-model-stack/fms-acceleration@876e2ed6 scripts/benchmarks/refs/a100_80gb.csv";

describe("tokens that a benchmark's library adds to the vocabulary", () => {
  test.each([
    ["mistralai/Mistral-7B-v0.1", 1],
    ["NousResearch/Llama-2-70b-hf", 1],
    ["meta-llama/Meta-Llama-3-8B", 2],
    ["TechxGenus/Meta-Llama-3-8B-GPTQ", 2],
    ["ibm/PowerLM-3b", 0],
  ])("%s has %i more", (model, count) => {
    expect(addedTokens({ source: SOURCE, model })).toBe(count);
  });

  test("other sources add none", () => {
    expect(addedTokens({ source: "elsewhere", model: "mistralai/Mistral-7B-v0.1" })).toBe(0);
  });
});

describe("what PowerLM was seen to hold on one GPU", () => {
  const runs = readMeasuredRuns("tests/golden/more-measured-runs.jsonl").rows.filter(({ model }) =>
    /powerlm/i.test(model),
  );

  test("is given by fourteen runs", () => {
    expect(runs).toHaveLength(14);
  });

  test.each(runs.map((run) => [run.id, run] as const))("is replayed within 2 %: %s", (_, run) => {
    const held = holdRun(run);
    const seen = "estimate" in held ? seenRun(held) : null;
    expect(Math.abs((seen?.replayedBytes ?? 0) / (seen?.measuredBytes ?? 1) - 1)).toBeLessThan(0.02);
  });
});
