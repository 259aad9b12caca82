import { describe, expect, test } from "vitest";
import { ELEMENT_BYTES } from "#calc/base/element.ts";
import { ringAttention } from "#calc/parallel/ring-attention.ts";
import { createTape } from "#calc/tape/create-tape.ts";
import { enterLayer } from "#calc/tape/enter-layer.ts";
import { shapeOf } from "#calc/tape/ledger/shape.ts";
import { parameter } from "#calc/tape/parameter.ts";
import { bind, withHolding } from "#calc/tape/scope.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import { fresh } from "#calc/tape/tensor.ts";

/** Eight heads of queries, two of keys and values, 64 wide: keys and values side by side are 2 × 2 × 64 wide. */
const BOTH = "b×s×256";
const KEYS = "b×2×s×64 bf16";
const [QUERIES_FP32, STATISTICS] = ["b×8×s×64 fp32", "b×8×s fp32"];

/** How many tensors of each size forward and backward make, and what is alive after forward that it made. */
const observed = (ranks: number, permuted: boolean) => {
  const policies = { fakeTensors: false, singleRow: false, singleChunk: false, paddedChunk: false };
  const tape = createTape({ ...policies, gradientShare: 1 }, { chunkSize: 1, keepsGraph: false });
  enterLayer(tape, 0);
  const make = (name: string, heads: number): Tensor => {
    const shape = shapeOf("b", heads, "s", 64);
    const tensor = parameter(tape, { name, shape, dtype: "bf16", term: "activations", trained: true });
    tensor.permuted = permuted;
    return tensor;
  };
  const { log, signs } = tape.recorder.ledger;
  const changed = (from: number, sign?: 1): Map<string, number> => {
    const counts = new Map<string, number>();
    log.slice(from).forEach(({ shape, dtype }, index) => {
      const name = `${shape.dims.join("×")} ${dtype}`;
      const change = signs[from + index] ?? 0;
      if (sign === undefined || change === sign) counts.set(name, (counts.get(name) ?? 0) + change);
    });
    return counts;
  };
  const attended = [make("q", 8), make("k", 2), make("v", 2)] as const;
  const before = log.length;
  const out = bind(ringAttention(attended, ranks));
  const forward = changed(before, 1);
  const left = [...changed(before)].filter(([, count]) => count !== 0);
  const { node } = out;
  if (node === null) throw new Error("attention of something trained has a node");
  const gradient = bind(fresh(tape, out.shape, out.dtype));
  const end = log.length;
  withHolding(tape.names, true, () => node.backward([gradient], node));
  return { forward, left, backward: changed(end, 1), dtypes: new Set(log.map(({ dtype }) => dtype)) };
};

/** @see torch, `_templated_ring_attention`, `_templated_ring_attention_backward`, `_SDPAMerger` */
describe.each([2, 4, 8])("Around a ring of %d", (ranks) => {
  const { forward, left, backward, dtypes } = observed(ranks, false);

  test("keys and values are gathered once in forward, and received at every turn but the last", () => {
    expect(forward.get(`b×s×${ranks * 256} bf16`)).toBe(1);
    expect(forward.get(`${BOTH} bf16`)).toBe(1 + (ranks - 2));
  });

  test("a block's result is merged in fp32 with three tensors of its size, and its statistics with six", () => {
    expect(forward.get(QUERIES_FP32)).toBe(1 + (ranks - 1) * (1 + 3));
    expect(forward.get(STATISTICS)).toBe(1 + (ranks - 1) * (1 + 6));
  });

  test("forward leaves its result and the statistics", () => {
    expect(left).toEqual([
      ["b×8×s×64 bf16", 1],
      [STATISTICS, 1],
    ]);
  });

  test("gradients of keys and values go round in fp32, two tensors a turn, and come back in 16 bit", () => {
    expect(backward.get(`${BOTH} fp32`)).toBe(2 * ranks);
    expect(backward.get(`${BOTH} bf16`)).toBe(1 + (ranks - 2) + 1);
  });

  test("everything has a type", () => {
    for (const dtype of dtypes) expect(ELEMENT_BYTES).toHaveProperty(dtype);
  });
});

test("Keys and values that lie in another order are copied, in forward and in backward", () => {
  expect([false, true].map((permuted) => observed(4, permuted).forward.get(KEYS))).toEqual([undefined, 2]);
  expect([false, true].map((permuted) => observed(4, permuted).backward.get(KEYS))).toEqual([undefined, 2]);
});
