import { describe, expect, test } from "vitest";
import { ELEMENT_BYTES } from "#calc/base/dtypes.ts";
import { ringAttention } from "#calc/parallel/ring-attention.ts";
import { shapeOf } from "#calc/tape/ledger/shape.ts";
import { bind } from "#calc/tape/scope.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import { emptyTape, given, leftFromNow, madeBackward, madeFromNow, tally } from "../on-paper.ts";

/** Eight heads of queries, two of keys and values, 64 wide: keys and values side by side are 2 × 2 × 64 wide. */
const BOTH = "b×s×256";
const KEYS = "b×2×s×64 bf16";
const [QUERIES_FP32, STATISTICS] = ["b×8×s×64 fp32", "b×8×s fp32"];

/** How many tensors of each size forward and backward make, and what is alive after forward that it made. */
const observed = (ranks: number, permuted: boolean) => {
  const tape = emptyTape();
  const make = (heads: number): Tensor => {
    const tensor = given(tape, shapeOf("b", heads, "s", 64));
    tensor.permuted = permuted;
    return tensor;
  };
  const attended = [make(8), make(2), make(2)] as const;
  const [made, left] = [madeFromNow(tape), leftFromNow(tape)];
  const out = bind(ringAttention(attended, ranks));
  const forward = { made: tally(made()), left: left() };
  const backward = tally(madeBackward(out));
  return { forward, backward, dtypes: new Set(tape.recorder.ledger.log.map(({ dtype }) => dtype)) };
};

/** @see torch, `_templated_ring_attention`, `_templated_ring_attention_backward`, `_SDPAMerger` */
describe.each([2, 4, 8])("Around a ring of %d", (ranks) => {
  const { forward, backward, dtypes } = observed(ranks, false);

  test("keys and values are gathered once in forward, and received at every turn but the last", () => {
    expect(forward.made[`b×s×${ranks * 256} bf16`]).toBe(1);
    expect(forward.made[`${BOTH} bf16`]).toBe(1 + (ranks - 2));
  });

  test("a block's result is merged in fp32 with three tensors of its size, and its statistics with six", () => {
    expect(forward.made[QUERIES_FP32]).toBe(1 + (ranks - 1) * (1 + 3));
    expect(forward.made[STATISTICS]).toBe(1 + (ranks - 1) * (1 + 6));
  });

  test("forward leaves its result and the statistics", () => {
    expect(tally(forward.left)).toEqual({ "b×8×s×64 bf16": 1, [STATISTICS]: 1 });
  });

  test("gradients of keys and values go round in fp32, two tensors a turn, and come back in 16 bit", () => {
    expect(backward[`${BOTH} fp32`]).toBe(2 * ranks);
    expect(backward[`${BOTH} bf16`]).toBe(1 + (ranks - 2) + 1);
  });

  test("everything has a type", () => {
    for (const dtype of dtypes) expect(ELEMENT_BYTES).toHaveProperty(dtype);
  });
});

test("Keys and values that lie in another order are copied, in forward and in backward", () => {
  expect([false, true].map((permuted) => observed(4, permuted).forward.made[KEYS])).toEqual([undefined, 2]);
  expect([false, true].map((permuted) => observed(4, permuted).backward[KEYS])).toEqual([undefined, 2]);
});
