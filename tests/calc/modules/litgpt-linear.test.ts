import { CUDA } from "#calc/base/machine.ts";
import { expect, test } from "vitest";
import type { ModellingId } from "#calc/model/scenario.ts";
import type { LoadedLinear } from "#calc/modules/loaded-modules.ts";
import { fabricLinear4bit } from "#calc/modules/litgpt-linear.ts";
import { stepOptionsOf } from "#calc/step/step-options.ts";
import { shapeOf } from "#calc/tape/ledger/shape.ts";
import { bind } from "#calc/tape/scope.ts";
import type { Tape } from "#calc/tape/tape.ts";
import { emptyTape, given, inWords, leftFromNow, madeBackward, madeFromNow } from "../on-paper.ts";
import { qloraMethod, scenario } from "../scenario.ts";
import { WORKINGS } from "../workings.ts";

/** A matrix of 64 inputs, packed in half as many bytes as it has weights. */
const packed = (tape: Tape, rows: number): LoadedLinear => ({
  name: "self_attn.q_proj",
  weight: given(tape, shapeOf((rows * 64) / 2, 1), { dtype: "uint8", trained: false }),
  bias: null,
  dequantized: shapeOf(rows, 64),
  adapter: null,
});

/** What the product of hidden states with matrices of so many outputs makes, leaves and saves, and what its backward makes. */
const observed = (modelling: ModellingId, ...rows: readonly number[]) => {
  const tape = emptyTape();
  const options = stepOptionsOf(WORKINGS, scenario({ method: qloraMethod(), modelling }), CUDA);
  const modules = rows.map((each) => packed(tape, each));
  const hidden = given(tape, shapeOf("b", "s", 64));
  const [made, left] = [madeFromNow(tape), leftFromNow(tape)];
  const result = bind(fabricLinear4bit(options, modules, hidden));
  const forward = { made: made(), left: left() };
  return { ...forward, saved: result.node?.saved.map(inWords), backward: madeBackward(result) };
};

/** @see bitsandbytes 0.42, autograd/_functions.py, `MatMul4Bit`; lightning/fabric/plugins/precision/bitsandbytes.py */
test("A product with a 4-bit matrix dequantises it to fp16 and casts it, in forward and in backward", () => {
  const scratch = ["48×64 fp16", "48×64 bf16"];
  expect(observed("litgpt", 48)).toEqual({
    made: [...scratch, "b×s×48 bf16"],
    left: ["b×s×48 bf16"],
    saved: [],
    backward: [...scratch, "b×s×64 bf16"],
  });
});

test("Queries, keys and values are one matrix, as high as all three", () => {
  expect(observed("litgpt", 48, 16, 16).made).toEqual(["80×64 fp16", "80×64 bf16", "b×s×80 bf16"]);
});

test("Before bitsandbytes 0.43 the product keeps its input", () => {
  expect(observed("litgpt-0.4", 48).saved).toEqual(["b×s×64 bf16"]);
});
