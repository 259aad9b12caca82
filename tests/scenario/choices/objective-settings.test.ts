import { describe, expect, test } from "vitest";
import { generatedCompletions, completionsPerPrompt, generatedRows } from "#scenario/choices/objective-settings.ts";
import type { Answer } from "#scenario/choices/answer.ts";
import { choicesOf, focusOf, saidOf } from "../../answered.ts";

const GRPO = "objective=grpo&gpu=h100-sxm&method=lora&show=lora";

describe("Completions that a link has generated", () => {
  test("are those of an update, or of as many micro steps as it says", () => {
    expect(generatedRows(choicesOf(`${GRPO}&batch=4&accum=8`))).toBe(32);
    expect(generatedRows(choicesOf(`${GRPO}&batch=4&accum=8&gensteps=2`))).toBe(8);
    expect(generatedCompletions(choicesOf(`${GRPO}&batch=8&seq=1024&prompt=256`))).toEqual({
      rows: 8,
      promptTokens: 256,
      newTokens: 768,
      padded: false,
    });
  });

  test("are two at least", () => {
    expect(generatedCompletions(choicesOf(`${GRPO}&batch=1`))).toMatchObject({ rows: 2, padded: false });
    expect(generatedRows(choicesOf(`${GRPO}&batch=1&accum=8&gensteps=1`))).toBe(2);
    expect(generatedRows(choicesOf(`${GRPO}&batch=1&gpus=2`))).toBe(1);
  });

  test("are padded where they have several prompts", () => {
    expect(generatedCompletions(choicesOf(`${GRPO}&batch=8&accum=2`)).padded).toBe(true);
    expect(generatedCompletions(choicesOf(`${GRPO}&batch=8&accum=2&generations=16`)).padded).toBe(false);
  });

  test.each([
    ["batch=6&gpus=4", true],
    ["batch=12&gpus=2", true],
    ["batch=4&gpus=4", false],
    ["batch=8&gpus=4", false],
    ["batch=1&gpus=8", false],
    ["batch=6", false],
  ])("%s: padded where a GPU has rows of several prompts: %s", (keys, padded) =>
    expect(generatedCompletions(choicesOf(`${GRPO}&${keys}`)).padded).toBe(padded),
  );

  test.each([
    ["batch=8", 8],
    ["batch=6", 6],
    ["batch=1", 2],
    ["batch=11", 11],
    ["batch=1&gpus=4", 4],
    ["batch=8&generations=4", 4],
    ["batch=8&generations=3", 8],
  ])("%s: %d of a prompt, which divide a generation", (keys, count) =>
    expect(completionsPerPrompt(choicesOf(`${GRPO}&${keys}`))).toBe(count),
  );

  test("are told of a number that TRL refuses, and of none that nobody asked for", () => {
    expect(saidOf(`${GRPO}&batch=1`)).toEqual([]);
    expect(saidOf(`${GRPO}&batch=1&gensteps=2`)).toEqual([]);
    const ONE =
      "gensteps=1 makes one completion in all, and TRL does not start with fewer than two of a prompt; gensteps=2 is used.";
    expect(saidOf(`${GRPO}&batch=1&gensteps=1`)).toEqual([ONE]);
    expect(saidOf(`${GRPO}&batch=1&generations=2`)).toEqual([ONE]);
    expect(saidOf(`${GRPO}&batch=1&accum=8&gensteps=1`)).toEqual([ONE]);
    expect(saidOf(`${GRPO}&batch=1&gpus=2&gensteps=1`)).toEqual([]);
    expect(saidOf(`${GRPO}&batch=8&generations=4`)).toEqual([]);
    expect(saidOf(`${GRPO}&batch=8&generations=3`)).toEqual([
      "generations=3 does not divide the 8 of a generation (batch × gensteps × gpus), with which TRL does not start; generations=8 is used.",
    ]);
  });
});

describe("The run of GRPO", () => {
  const runOf = (keys: string): Answer["methods"][number]["run"] => focusOf(keys).run;

  test("has completions where transformers generates, and nothing where vLLM does", () => {
    expect(runOf(GRPO)?.moments.map(({ id }) => id)).toEqual(["generate", "step"]);
    expect(runOf(`${GRPO}&resume=1&saving=adapter`)?.moments.map(({ id }) => id)).toEqual([
      "resume",
      "generate",
      "step",
      "save",
    ]);
    for (const engine of ["vllm-colocate", "vllm-server"]) expect(runOf(`${GRPO}&engine=${engine}`)).toBeUndefined();
    expect(runOf("method=lora&show=lora")).toBeUndefined();
  });

  test("is as bad as they are where they are the worst", () => {
    const run = runOf(`${GRPO}&batch=1&accum=64&seq=8192`);
    expect(run).toMatchObject({ fit: "over", peakMoment: "generate", worstOutside: "generation" });
    expect(runOf(`${GRPO}&batch=1&accum=64&seq=8192&gensteps=1`)).toMatchObject({ fit: "fits" });
  });

  test("is there however GPUs share the model", () => {
    for (const shard of ["ddp", "zero2", "zero3", "fsdp1", "fsdp2"]) {
      const run = runOf(`${GRPO}&gpus=4&shard=${shard}&batch=2`);
      expect(run?.moments.find(({ id }) => id === "generate")?.basis, shard).toBe("read");
    }
  });
});
