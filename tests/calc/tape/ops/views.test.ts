import { expect, test } from "vitest";
import { shapeOf } from "#calc/tape/ledger/shape.ts";
import { clone } from "#calc/tape/ops/unary.ts";
import { contiguous, expand, shifted, transpose } from "#calc/tape/ops/views.ts";
import { bind } from "#calc/tape/scope.ts";
import { emptyTape, given } from "../../on-paper.ts";

test("A copy of what was expanded lies in order, and is not copied once more", () => {
  const key = given(emptyTape(), shapeOf("b", 1, "s", 64));
  const repeated = bind(clone(expand(key, shapeOf("b", 8, "s", 64))));
  expect(contiguous(repeated)).toBe(repeated);
});

test("A transposed view is copied to lie in order, unless it is transposed back", () => {
  const states = given(emptyTape(), shapeOf("b", "s", 8, 64));
  const heads = bind(transpose(states, shapeOf("b", 8, "s", 64)));
  expect(contiguous(heads).storage).not.toBe(states.storage);
  const back = bind(transpose(heads, shapeOf("b", "s", 8, 64)));
  expect(contiguous(back)).toBe(back);
});

test("Logits without their last position are copied, but in a batch of one row; backward fills two tensors with zeros around the gradient", () => {
  const logits = shapeOf("b", "s", 1000);
  const several = emptyTape({ singleRow: false });
  const copied = shifted(bind(given(several, logits)));
  expect(copied.shape.dims).toEqual(["b", "s-1", 1000]);
  expect(copied.node?.inputs[0]?.node?.name).toBe("slice");
  expect(copied.node?.inputs[0]?.node?.inputs[0]?.node?.name).toBe("slice");
  const one = bind(given(emptyTape({ singleRow: true }), logits));
  expect(shifted(one).storage).toBe(one.storage);
});
