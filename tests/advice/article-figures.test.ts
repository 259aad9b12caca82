import { describe, expect, test } from "vitest";
import {
  ARTICLE_MEMORY,
  BY_CASE,
  BY_HARDWARE,
  CHOOSE_WHEN,
  MINIMUM_GPUS,
  QUALITY_BY_METHOD,
  QUALITY_BY_RANK,
  QUALITY_SIZES,
  DATA_SIZE_NAMES,
  DATA_SIZES,
  RANK_BY_DATA,
  TASKS,
  SPEED,
  SPEED_PARAMS,
  TARGET_GAINS,
} from "#advice/article-figures.ts";
import { METHODS } from "#calc/model/scenario.ts";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";

const SENTENCE_PART = /^[\w+][^.]*\w%?$|^\+\d+ to \d+ %$/;

describe("the article prints", () => {
  test("memory by size: full fine-tuning at 12 bytes for each parameter, LoRA and QLoRA rounded up by hand", () => {
    for (const { label, params, gb } of ARTICLE_MEMORY) {
      expect(label).toBe(`${params / 1e9}B`);
      expect(gb.full).toBe(`${(12 * params) / 1e9}+`);
    }
    expect(ARTICLE_MEMORY.map(({ gb }) => [gb.lora, gb.qlora])).toEqual([
      ["16", "6"],
      ["28", "10"],
      ["72", "24"],
      ["150", "42"],
    ]);
  });

  test("the smallest hardware for each of them", () => {
    expect(
      MINIMUM_GPUS.map(({ label, params, cards }) => [
        label,
        params / 1e9,
        ...METHODS.map((method) => `${cards[method].text}: ${cards[method].gpus} ${cards[method].gpu}`),
      ]),
    ).toEqual([
      ["7B", 7, "A100 80GB: 1 a100-80gb-sxm", "RTX 4090: 1 rtx-4090", "RTX 3080: 1 rtx-3080-10gb"],
      ["13B", 13, "2x A100: 2 a100-80gb-sxm", "A100 40GB: 1 a100-40gb-sxm", "RTX 4090: 1 rtx-4090"],
      ["70B", 70, "8x A100: 8 a100-80gb-sxm", "2x A100: 2 a100-80gb-sxm", "A6000 48GB: 1 rtx-a6000"],
    ]);
  });

  test("quality by rank, in which each doubling brings less", () => {
    expect(QUALITY_BY_RANK.map(({ r }) => r)).toEqual([4, 8, 16, 32, 64, 128, null]);
    expect(QUALITY_BY_RANK.map(({ mmlu }) => mmlu)).toEqual([44.2, 45.8, 46.9, 47.4, 47.8, 48, 48.3]);
    expect(QUALITY_BY_RANK.map(({ mtBench }) => mtBench)).toEqual([6.1, 6.3, 6.4, 6.5, 6.6, 6.7, 6.8]);
  });

  test("quality by method and size", () => {
    expect(QUALITY_SIZES).toEqual(["7B", "13B", "70B"]);
    expect(QUALITY_BY_METHOD.map(({ label, mtBench }) => [label, ...mtBench])).toEqual([
      ["Base", 4.2, 5.1, 6.3],
      ["Full", 6.8, 7.2, 7.9],
      ["LoRA, r = 64", 6.6, 7, 7.7],
      ["LoRA, r = 16", 6.4, 6.8, 7.5],
      ["QLoRA, r = 64", 6.5, 6.9, 7.6],
    ]);
  });

  test("samples a second of a 7B model, and where it ran out of memory", () => {
    expect(SPEED_PARAMS).toBe(7e9);
    expect(SPEED.map(({ gpu, samples }) => [gpu, ...METHODS.map((method) => samples[method])])).toEqual([
      ["a100-80gb-sxm", 12.4, 18.2, 14.1],
      ["rtx-4090", null, 8.6, 7.2],
      ["rtx-a6000", null, 10.4, 9.8],
    ]);
  });

  test("ranks by data: from under 1K examples to over 100K, from 10K on whatever the task is", () => {
    expect(
      DATA_SIZES.map((size) => [DATA_SIZE_NAMES[size], RANK_BY_DATA[size].simple, RANK_BY_DATA[size].complex]),
    ).toEqual([
      ["under 1K", [4, 8], [8, 16]],
      ["1K to 10K", [8, 16], [16, 32]],
      ["10K to 100K", [32, 64], [32, 64]],
      ["over 100K", [64, 128], [64, 128]],
    ]);
    expect(TASKS).toEqual(["simple", "complex", "newDomain"]);
  });

  test("gains of targets, more modules bringing more", () => {
    expect(TARGET_GAINS.map(({ preset, says }) => [preset, says])).toEqual([
      ["q-v", "low memory, baseline quality"],
      ["attention", "+3 to 5 %"],
      ["attention-mlp", "+5 to 8 %"],
      ["all-linear", "+8 to 10 %"],
    ]);
  });
});

describe("the article's choice of a method", () => {
  test("is made in cases that have a name, for methods that it names in words", () => {
    for (const { when, says, methods } of [...BY_HARDWARE, ...BY_CASE]) {
      expect(when).toMatch(SENTENCE_PART);
      expect(methods.length).toBeGreaterThan(0);
      for (const method of METHODS)
        expect(new RegExp(`(?<!Q)\\b${method}\\b`, "i").test(says)).toBe(methods.includes(method));
    }
    for (const method of METHODS) expect(CHOOSE_WHEN[method]).toMatch(SENTENCE_PART);
  });

  test("by hardware is of cards that the catalog has, QLoRA on consumers' ones", () => {
    expect(BY_HARDWARE.map(({ gpus }) => gpus)).toEqual([["rtx-4080", "rtx-4090"], ["a100-80gb-sxm", "h100-sxm"], []]);
    for (const gpu of BY_HARDWARE.flatMap(({ gpus }) => gpus)) expect(FULL_CATALOG.gpus).toHaveProperty(gpu);
  });
});
