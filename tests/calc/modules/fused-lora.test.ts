import { expect, test } from "vitest";
import { fusedLora } from "#calc/modules/fused-lora.ts";
import { shapeOf } from "#calc/tape/ledger/shape.ts";
import { bindAll } from "#calc/tape/scope.ts";
import { emptyTape, given, inWords, madeBackward, madeFromNow } from "../on-paper.ts";
import { adapterOn } from "./adapter-on.ts";

/** A 4-bit matrix of 64 inputs and 48 outputs, with an adapter of rank 8. */
const observed = ({ overInput = false, dropout = 0 }: Readonly<{ overInput?: boolean; dropout?: number }>) => {
  const tape = emptyTape();
  const linear = {
    name: "self_attn.q_proj",
    weight: given(tape, shapeOf((48 * 64) / 2, 1), { dtype: "uint8", trained: false }),
    bias: null,
    dequantized: shapeOf(48, 64),
    adapter: adapterOn(tape, { outputs: 48, inputs: 64, rank: 8, dropout }),
  };
  const hidden = given(tape, shapeOf("b", "s", 64));
  const made = madeFromNow(tape);
  const [output] = bindAll(fusedLora([linear], hidden, overInput));
  const forward = made();
  if (output === undefined) throw new Error("a linear has an output");
  return { forward, saved: output.node?.saved.map(inWords), backward: madeBackward(output) };
};

const [INPUT, OUTPUT, LOW, MASK] = ["b×s×64 bf16", "b×s×48 bf16", "b×s×8 bf16", "b×s×64 bool"];
const [WEIGHT, A, B] = ["48×64 bf16", "8×64 bf16", "48×8 bf16"];
/** Gradients of A and of B, the weight dequantised once more, and what the adapter's part of the input's gradient takes. */
const [OF_ADAPTER, SCRATCH] = [
  [LOW, A, B],
  [MASK, LOW, INPUT, INPUT],
];

/** @see fms_acceleration_foak/fused_ops/unsloth_lora/bnb/fast_lora.py, `LoRA_W`; utils.py, `matmul_lora` */
test("A fused adapter saves its input, which is its own dropout's result, and makes a gradient of it", () => {
  expect(observed({})).toEqual({
    forward: [WEIGHT, OUTPUT, LOW, OUTPUT],
    saved: [INPUT, A, B, INPUT],
    backward: [...OF_ADAPTER, WEIGHT, INPUT, ...SCRATCH],
  });
});

test("With dropout it saves what that leaves, of which the mask goes", () => {
  expect(observed({ dropout: 0.1 })).toMatchObject({
    forward: [WEIGHT, OUTPUT, INPUT, MASK, LOW, OUTPUT],
    saved: [INPUT, A, B, INPUT],
  });
});

test("Queries, keys and values write the gradient of their input over the input", () => {
  expect(observed({ overInput: true }).backward).toEqual([...OF_ADAPTER, WEIGHT, ...SCRATCH]);
});
