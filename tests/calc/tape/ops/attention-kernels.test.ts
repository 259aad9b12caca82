import { describe, expect, test } from "vitest";
import type { Element } from "#calc/base/dtypes.ts";
import { shapeOf } from "#calc/tape/ledger/shape.ts";
import { efficientAttention, flashAttention } from "#calc/tape/ops/attention.ts";
import { bind } from "#calc/tape/scope.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import { emptyTape, given, inWords, madeBackward, madeFromNow } from "../../on-paper.ts";

const WIDTH = 64;

/** Queries of eight heads, keys and values of so many, and a bias. */
const inputs = ({ ofKeys = 8, dtype = "bf16" as Element, trained = true }) => {
  const tape = emptyTape();
  const make = (heads: number): Tensor => bind(given(tape, shapeOf("b", heads, "s", WIDTH), { dtype, trained }));
  const bias = bind(given(tape, shapeOf("b", 1, "s", "s8"), { dtype, trained: false }));
  return { heads: [make(8), make(ofKeys), make(ofKeys)] as const, bias, made: madeFromNow(tape) };
};

const saved = ({ node }: Tensor): readonly string[] => (node?.saved ?? []).map(inWords);

const [OUTPUT, SUMS] = ["b×8×s×64 bf16", "b×8×s fp32"];
const GRADIENTS = [OUTPUT, OUTPUT, OUTPUT];

/** @see PyTorch 2.13, aten/src/ATen/native/transformers/cuda/attention.cu and attention_backward.cu; flash-attention, csrc/flash_attn/flash_api.cpp */
describe("The memory-efficient kernel", () => {
  test("saves the bias too, and sums of whole blocks of 32 rows", () => {
    const { heads, bias, made } = inputs({});
    const output = bind(efficientAttention(heads, bias));
    expect(made()).toEqual([OUTPUT, "b×8×s32 fp32"]);
    expect(saved(output)).toEqual([...GRADIENTS, OUTPUT, "b×8×s32 fp32", "b×1×s×s8 bf16"]);
    expect(output.permuted).toBe(true);
    expect(madeBackward(output)).toEqual([SUMS, "b×8×s×64 fp32", ...GRADIENTS]);
  });

  test("accumulates the gradient of fp32 queries in itself", () => {
    const { heads, bias } = inputs({ dtype: "fp32" });
    const output = bind(efficientAttention(heads, bias));
    expect(madeBackward(output)).toEqual([SUMS, ...GRADIENTS.map((each) => each.replace("bf16", "fp32"))]);
  });

  test("has no sums where nobody asks for a gradient", () => {
    const { heads, bias, made } = inputs({ trained: false });
    bind(efficientAttention(heads, bias));
    expect(made()).toEqual([OUTPUT]);
  });
});

describe("The flash kernel", () => {
  test("has sums of all rows, for a gradient or not", () => {
    for (const trained of [true, false]) {
      const { heads, made } = inputs({ trained });
      bind(flashAttention(heads));
      expect(made()).toEqual([OUTPUT, SUMS]);
    }
  });

  test("makes gradients of keys and values for every head of queries where they share heads", () => {
    const { heads } = inputs({ ofKeys: 2 });
    const output = bind(flashAttention(heads));
    const [ofQueries, ofKeys] = [OUTPUT, OUTPUT.replace("8", "2")];
    expect(madeBackward(output)).toEqual(["b×8×s×64 fp32", SUMS, ofQueries, ofQueries, ofQueries, ofKeys, ofKeys]);
  });
});
