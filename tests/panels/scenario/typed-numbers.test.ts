import { describe, expect, it } from "vitest";
import { parseParameters } from "#panels/scenario/ModelList.tsx";
import {
  parseTokens,
  BATCH_SCALE,
  BYTES_SCALE,
  PARAMETERS_SCALE,
  RANK_SCALE,
  sequenceScaleFor,
} from "#panels/scenario/scales.ts";

describe("a size as people type it", () => {
  it.each([
    ["7B", 7e9],
    ["350 m", 350e6],
    ["1.5b", 1.5e9],
    ["0.6B", 6e8],
    ["0.5T", 5e11],
  ])("%j is %d parameters", (text, params) => expect(parseParameters(text)).toBe(params));

  it.each(["8", "llama 8b", "0B", "1T", "50M", "", "B"])("%j is none", (text) =>
    expect(parseParameters(text)).toBeNull(),
  );
});

describe("tokens as people type them", () => {
  it.each([
    ["4,096", 4096],
    ["4k", 4096],
    ["128 K", 131_072],
    ["1.5k", 1536],
  ])("%j is %d tokens", (text, tokens) => expect(parseTokens(text)).toBe(tokens));

  it.each(["k", "long", ""])("%j is none", (text) => expect(parseTokens(text)).toBeNull());
});

describe("the scenario's sliders", () => {
  it.each([
    ["parameters", PARAMETERS_SCALE, [1e8, 7e11]],
    ["batch", BATCH_SCALE, [1, 64]],
    ["rank", RANK_SCALE, [1, 512]],
    ["bytes", BYTES_SCALE, [0, 16]],
    ["sequence", sequenceScaleFor(131_072), [128, 131_072]],
    ["sequence of a long model", sequenceScaleFor(1_000_000), [128, 1_048_576]],
  ])("%s ascends from its first to its last value in steps that are whole or half", (_, scale, ends) => {
    expect([scale.stops[0], scale.stops.at(-1)]).toEqual(ends);
    for (const [index, stop] of scale.stops.entries()) {
      expect(stop).toBeGreaterThan(scale.stops[index - 1] ?? -1);
      expect(Number.isInteger(stop * 2)).toBe(true);
    }
  });

  it("stop for rank at powers of two", () => {
    expect(RANK_SCALE.stops).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 512]);
  });
});
