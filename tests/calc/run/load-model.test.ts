import { describe, expect, test } from "vitest";
import { inNaturalOrder, naturalKey } from "#calc/run/checkpoint.ts";

const ordered = (names: readonly string[]): readonly string[] =>
  names.toSorted((one, other) => inNaturalOrder(naturalKey(one), naturalKey(other)));

describe("inNaturalOrder", () => {
  test("the head first, then the embedding, layers by number, the norm", () => {
    const names = [
      "lm_head.weight",
      "model.embed_tokens.weight",
      "model.layers.2.a",
      "model.layers.10.a",
      "model.norm.weight",
    ];
    expect(ordered(names.toReversed())).toEqual(names);
  });

  test("numbers before text, numbers that end text as numbers, what ends before what goes on", () => {
    const names = ["a", "a.2.x", "a.ln", "a.ln_2.x", "a.ln_10.x", "a.ln_f.x"];
    expect(ordered(names.toReversed())).toEqual(names);
  });
});
