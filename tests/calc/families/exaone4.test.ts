import { expect, test } from "vitest";
import { LLAMA_2_7B } from "../architectures.ts";
import { scenario } from "../scenario.ts";
import { madeInLayers } from "./made-in-layers.ts";

const EXAONE = { ...LLAMA_2_7B, model_type: "exaone4", qk_norm: "head", num_hidden_layers: 8 } as const;

/** The layers that negate halves of queries and keys, to rotate them. */
const rotatedLayers = (windows: Readonly<{ sliding_window?: number }>): readonly number[] =>
  madeInLayers(scenario({ architecture: { ...EXAONE, ...windows } })).flatMap((made, index) =>
    made.some(({ module, op }) => module === "self_attn" && op === "neg") ? [index] : [],
  );

/** @see transformers 5.24, modeling_exaone4.py, `Exaone4Attention.forward`: `if self.sliding_window is None or self.is_sliding` */
test("In an EXAONE 4 with windows every fourth layer attends to all tokens, and has no positions", () => {
  expect(rotatedLayers({ sliding_window: 4096 })).toEqual([0, 1, 2, 4, 5, 6]);
});

test("In an EXAONE 4 without windows all layers attend to all tokens, and have positions", () => {
  expect(rotatedLayers({})).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
});
