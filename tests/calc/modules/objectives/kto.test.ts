import { describe, expect, test } from "vitest";
import { FAKE_TENSORS } from "#calc/base/machine.ts";
import { estimated } from "#calc/model/memory-estimate.ts";
import type { Scenario } from "#calc/model/scenario.ts";
import { indexSelect } from "#calc/tape/ops/indexing.ts";
import { nanMean } from "#calc/tape/ops/reductions.ts";
import { scale } from "#calc/tape/ops/unary.ts";
import { withMismatched } from "#calc/tape/recorder.ts";
import { growthsAt } from "#calc/tape/ledger/growth.ts";
import { extentOf } from "#calc/tape/ledger/extent.ts";
import { mismatchedShape, shapeOf } from "#calc/tape/ledger/shape.ts";
import { bind, unname } from "#calc/tape/scope.ts";
import { fresh } from "#calc/tape/tensor.ts";
import { ENGINE } from "#calc/whole-engine.ts";
import { emptyTape, given, inWords, leftFromNow, madeBackward, tally } from "../../on-paper.ts";
import { loraMethod, scenario } from "../../scenario.ts";

/** KTO of two rows, with TRL's head. */
const rowsOf = (changed: Partial<Scenario> = {}): Scenario =>
  scenario({
    objective: "kto",
    reference: "adapters-off",
    method: loraMethod(),
    loss: { kind: "fused", kernel: "trl" },
    micro_batch_size: 2,
    sequence_length: 512,
    ...changed,
  });

const forwardOf = (asked: Scenario) => {
  const moment = ENGINE.simulate(asked, FAKE_TENSORS).find(({ id }) => id === "forward");
  if (moment === undefined) throw new Error("forward is a moment");
  return moment;
};

describe("the batch of mismatched completions", () => {
  test("has a length of its own, which is that of the batch where nobody says it", () => {
    expect(forwardOf(rowsOf({ mismatched_length: 512 }))).toEqual(forwardOf(rowsOf()));
  });

  test("is three tensors of the batch, and leaves nothing else that grows with its length", () => {
    const [short, long] = [256, 1280].map((mismatched_length) => forwardOf(rowsOf({ mismatched_length })).liveBytes);
    expect((long ?? 0) - (short ?? 0)).toBe(3 * 2 * (1280 - 256) * 8);
  });

  test("decides the highest point of forward where it is longer than the batch", () => {
    const [same, long, longer] = [512, 4096, 8192].map(
      (mismatched_length) => forwardOf(rowsOf({ mismatched_length })).peakBytes,
    );
    const batch = (tokens: number): number => 3 * 2 * tokens * 8;
    expect((long ?? 0) - batch(4096)).toBeGreaterThan((same ?? 0) - batch(512));
    expect((longer ?? 0) - (long ?? 0)).toBeGreaterThan(batch(4096));
  });

  test("is not there with the loss that needs none", () => {
    const without = rowsOf({ loss_type: "apo_zero_unpaired", mismatched_length: 4096 });
    expect(forwardOf(without)).toEqual(forwardOf({ ...without, mismatched_length: 512 }));
    expect(forwardOf(rowsOf()).liveBytes - forwardOf(without).liveBytes).toBeGreaterThanOrEqual(3 * 2 * 512 * 8);
  });

  test("gives allocations its own length, whatever the model calls it", () => {
    const tape = emptyTape();
    const shape = shapeOf("b", "s-1", 64);
    const left = leftFromNow(tape);
    bind(withMismatched(tape.recorder, () => fresh(tape, shape, "bf16")));
    bind(fresh(tape, shape, "bf16"));
    expect(left()).toEqual(["b×mismatched s-1×64 bf16", "b×s-1×64 bf16"]);
    const at = extentOf({ b: 2, s: 100, chunk: 1, chunkSize: 64, mismatched: 300 });
    const elements = (of: typeof shape): number | undefined => growthsAt(at)[of.growth];
    expect([shape, mismatchedShape(shape)].map(elements)).toEqual([2 * 99, 2 * 299]);
    const square = mismatchedShape(shapeOf("b", "(c+1)^2", "s8"));
    expect(elements(square)).toBe(2 * 6 * 6 * 304);
  });
});

test("a copy is weights once more, whatever the method", () => {
  const weights = (reference: "copy" | "adapters-off"): number =>
    estimated(ENGINE.estimate(rowsOf({ reference }))).terms.find(({ id }) => id === "weights")?.bytes ?? 0;
  expect(weights("copy")).toBe(2 * weights("adapters-off"));
});

test("numbers made before are two tensors of the batch, one without mismatched completions", () => {
  const precomputed = rowsOf({ reference: "precomputed" });
  const without = { ...precomputed, loss_type: "apo_zero_unpaired" } as const;
  const ofMismatched = 3 * 2 * 512 * 8 + 512;
  // Beside the batch of mismatched completions and its numbers nothing of it is left when the loss is there.
  expect(forwardOf(precomputed).liveBytes - forwardOf(without).liveBytes).toBe(ofMismatched);
});

test("rows that are selected keep their indices, and their gradient is written into zeros of all rows", () => {
  const tape = emptyTape();
  const index = given(tape, shapeOf("b", 1 / 2), { dtype: "int64", trained: false });
  const selected = bind(indexSelect(given(tape, shapeOf("b"), { dtype: "fp32" }), index, shapeOf("b", 1 / 2)));
  expect(selected.node?.saved.map(inWords)).toEqual(["b×0.5 int64"]);
  expect(madeBackward(selected)).toEqual(["b fp32"]);
});

test("a mean of the numbers that are some keeps what it is of, and how many they are", () => {
  const tape = emptyTape();
  const left = leftFromNow(tape);
  const losses = bind(scale(given(tape, shapeOf("b"), { dtype: "fp32" })));
  bind(nanMean(losses));
  unname(losses);
  expect(tally(left())).toEqual({ "b fp32": 2, "1 int64": 1, "1 fp32": 1 });
});
