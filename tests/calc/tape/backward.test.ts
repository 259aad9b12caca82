import { describe, expect, test } from "vitest";
import type { Element } from "#calc/base/dtypes.ts";
import { setUpdatesInBackward } from "#calc/tape/autograd.ts";
import { backward } from "#calc/tape/backward.ts";
import { checkpointed } from "#calc/tape/checkpoint.ts";
import { shapeOf } from "#calc/tape/ledger/shape.ts";
import { GRADIENT_SIZE } from "#calc/tape/ledger/size-table.ts";
import { mul } from "#calc/tape/ops/arithmetic.ts";
import { sumTo } from "#calc/tape/ops/reductions.ts";
import { scale, silu, tanh } from "#calc/tape/ops/unary.ts";
import { requireGradient } from "#calc/tape/parameter.ts";
import { bind, scoped } from "#calc/tape/scope.ts";
import type { Tape, Tensor } from "#calc/tape/tape.ts";
import { fresh } from "#calc/tape/tensor.ts";
import { emptyTape, given, leftFromNow, madeFromNow } from "../on-paper.ts";

const MATRIX = shapeOf(64, 64);
const ONE = "64×64 bf16";

/** Runs forward, and backward of the sum of its result. */
const step = (tape: Tape, forward: () => Tensor): void =>
  void scoped(tape, () => {
    backward(bind(sumTo(forward(), shapeOf(1))));
    return null;
  });

describe("An update in backward", () => {
  const copies = (dtype: Element): number => {
    const tape = emptyTape();
    setUpdatesInBackward(tape.autograd, 3);
    const weight = given(tape, MATRIX, { dtype });
    const made = madeFromNow(tape);
    step(tape, () => scale(weight));
    return made().filter((each) => each === "64×64 fp32").length;
  };

  test("makes its fp32 temporaries of a gradient in 16 bit, and none of one that is fp32 already", () => {
    expect(copies("bf16")).toBe(3);
    // The result in forward, its gradient, the weight's: no more.
    expect(copies("fp32")).toBe(3);
  });
});

test("The gradient of an input that nobody keeps goes when it comes, and lets the input go", () => {
  const tape = emptyTape();
  const weight = given(tape, MATRIX);
  const left = leftFromNow(tape);
  step(tape, () => {
    const input = fresh(tape, MATRIX, "bf16");
    requireGradient(input, true);
    return mul(input, weight);
  });
  expect(left()).toEqual([ONE]);
  expect(weight.node?.leaf?.gradient).not.toBeNull();
});

test("A parameter's gradient takes the share that a rank keeps, that of a stage's input all of it", () => {
  const tape = emptyTape();
  const [weight, input] = [given(tape, MATRIX), fresh(tape, MATRIX, "bf16")];
  const leaf = requireGradient(input, false);
  leaf.isInput = true;
  step(tape, () => mul(bind(input), weight));
  expect(weight.node?.leaf?.gradient?.size).toBe(GRADIENT_SIZE);
  expect(leaf.gradient?.size).not.toBe(GRADIENT_SIZE);
});

test("A recomputation that ends with its own result leaves what came before the checkpoint to its own backward", () => {
  const tape = emptyTape();
  const weight = given(tape, MATRIX);
  step(tape, () => {
    const before = silu(scale(weight));
    return checkpointed(tape, { forward: ([input]) => tanh(input as Tensor), inputs: [before] });
  });
  const { log, signs } = tape.recorder.ledger;
  const saved = log.find(({ op }) => op === "mul");
  const freed = log.findIndex((storage, index) => storage === saved && signs[index] === -1);
  expect(freed).toBeGreaterThan(log.findIndex(({ op }) => op === "silu backward"));
});
