import { ENGINE } from "#calc/whole-engine.ts";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { interpolateArchitecture, SIZE_ANCHORS } from "#catalog/interpolate-architecture.ts";
import { tried } from "../tried.ts";

/** Sizes spread evenly over the slider's logarithmic scale. */
const sizes = fc.double({ min: Math.log(0.1e9), max: Math.log(700e9), noNaN: true }).map(Math.exp);
const TOLERANCE_FRACTION = 0.01;

describe("an architecture of a given size", () => {
  tried("has that many parameters, within 1 %", { quick: 2000, thorough: 20_000 }, (runs) => {
    fc.assert(
      fc.property(sizes, (params) => {
        const counted = ENGINE.countParameters(interpolateArchitecture(params));
        expect(Math.abs(counted / params - 1)).toBeLessThan(TOLERANCE_FRACTION);
      }),
      runs,
    );
  });

  tried("never has fewer parameters than that of a smaller size", { quick: 2000, thorough: 20_000 }, (runs) => {
    fc.assert(
      fc.property(sizes, fc.double({ min: 1, max: 1.2, noNaN: true }), (params, factor) => {
        const smaller = ENGINE.countParameters(interpolateArchitecture(params));
        const larger = ENGINE.countParameters(interpolateArchitecture(Math.min(params * factor, 700e9)));
        expect(larger).toBeGreaterThanOrEqual(smaller);
      }),
      runs,
    );
  });

  const TITLE = "has whole heads, heads that share keys evenly, and an MLP of 1.5 to 5 times the width";
  tried(TITLE, { quick: 100, thorough: 10_000 }, (runs) => {
    fc.assert(
      fc.property(sizes, (params) => {
        const a = interpolateArchitecture(params);
        expect(a.num_attention_heads * a.head_dim).toBe(a.hidden_size);
        expect(a.num_attention_heads % a.num_key_value_heads).toBe(0);
        expect((a.intermediate_size ?? 0) / a.hidden_size).toBeGreaterThan(1.5);
        expect((a.intermediate_size ?? 0) / a.hidden_size).toBeLessThan(5);
      }),
      runs,
    );
  });

  test("is that of the nearer end outside the range", () => {
    expect(interpolateArchitecture(1)).toEqual(interpolateArchitecture(0.1e9));
    expect(interpolateArchitecture(1e15)).toEqual(interpolateArchitecture(700e9));
  });

  test("of 8B is nearly Llama 3.1 8B", () => {
    const a = interpolateArchitecture(8_030_261_248);
    expect(a).toMatchObject({
      hidden_size: 4096,
      num_hidden_layers: 32,
      num_attention_heads: 32,
      num_key_value_heads: 8,
    });
    expect(Math.abs((a.intermediate_size ?? 0) - 14336)).toBeLessThanOrEqual(128);
  });
});

test.each(SIZE_ANCHORS)("the anchor $id is the model of the catalog", (anchor) => {
  const architecture = FULL_CATALOG.models[anchor.id]?.architecture;
  expect(architecture).toMatchObject({
    hidden_size: anchor.hidden_size,
    num_hidden_layers: anchor.num_hidden_layers,
  });
  expect(architecture && ENGINE.countParameters(architecture)).toBe(anchor.params);
});
