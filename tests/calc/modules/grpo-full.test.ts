import { describe, expect, test } from "vitest";
import { FAKE_TENSORS } from "#calc/base/machine.ts";
import type { Scenario } from "#calc/model/scenario.ts";
import { dividePart } from "#calc/tape/ops/indexing.ts";
import { allocateEntropy, selectiveLogSoftmax } from "#calc/tape/ops/log-softmax.ts";
import { growthsAt } from "#calc/tape/ledger/growth.ts";
import { extentOf } from "#calc/tape/ledger/extent.ts";
import { shapeOf } from "#calc/tape/ledger/shape.ts";
import { bind } from "#calc/tape/scope.ts";
import { ENGINE } from "#calc/whole-engine.ts";
import { emptyTape, given, leftFromNow, madeBackward, madeFromNow } from "../on-paper.ts";
import { loraMethod, scenario } from "../scenario.ts";

const WHOLE = { kind: "full", transformers: "5", outputsKept: false } as const;

/** GRPO of four rows before TRL had its head. */
const rowsOf = (changed: Partial<Scenario> = {}): Scenario =>
  scenario({
    objective: "grpo",
    method: loraMethod(),
    loss: WHOLE,
    micro_batch_size: 4,
    sequence_length: 512,
    completion_length: 256,
    ...changed,
  });

const forwardOf = (asked: Scenario): number =>
  ENGINE.simulate(asked, FAKE_TENSORS).find(({ id }) => id === "forward")?.liveBytes ?? 0;

describe("GRPO over whole logits", () => {
  test("has those of completions alone, in fp32 under autocast", () => {
    const { vocab_size } = scenario().architecture;
    const [short, long] = [128, 256].map((completion_length) => forwardOf(rowsOf({ completion_length })));
    const share = ((long ?? 0) - (short ?? 0)) / (4 * 128 * vocab_size * 4);
    expect(share).toBeGreaterThan(0.99);
    expect(share).toBeLessThan(1.01);
  });
});

test("logits that are divided in their place are copied in backward, whole and in part", () => {
  const tape = emptyTape();
  const logits = bind(given(tape, shapeOf("b", "k+1", 1000), { dtype: "fp32" }));
  const left = leftFromNow(tape);
  const divided = bind(dividePart(logits, shapeOf("b", "k", 1000)));
  expect(left()).toEqual([]);
  expect(madeBackward(divided)).toEqual(["b×k+1×1000 fp32", "b×k×1000 fp32", "b×k×1000 fp32"]);
});

test("rows of completions keep sums of their own length", () => {
  const tape = emptyTape();
  const logits = bind(given(tape, shapeOf("b", "k", 1000), { dtype: "fp32" }));
  const index = given(tape, shapeOf("b", "s"), { dtype: "int64", trained: false });
  const left = leftFromNow(tape);
  bind(selectiveLogSoftmax(logits, index));
  expect(left()).toEqual(["each other row×k fp32", "k fp32", "b×k fp32"]);
  const at = extentOf({ b: 3, s: 400, chunk: 1, chunkSize: 1, completion: 130 });
  const valueOf = (shape: ReturnType<typeof shapeOf>): number | undefined => growthsAt(at)[shape.growth];
  const shapes = [shapeOf("k+1"), shapeOf("earlier completion pieces")];
  expect(shapes.map(valueOf)).toEqual([131, 256]);
});

test("entropy of one row is taken without a copy", () => {
  const copies = (singleRow: boolean): number => {
    const tape = emptyTape({ singleRow });
    const logits = bind(given(tape, shapeOf("b", "k", 1000), { dtype: "fp32" }));
    const made = madeFromNow(tape);
    allocateEntropy(logits, "earlier completion pieces");
    return made().filter((each) => each === "b×k×1000 fp32").length;
  };
  expect([copies(true), copies(false)]).toEqual([0, 1]);
});
