import { expect, test } from "vitest";
import { applyRotary, applyRotaryPhi3, rotaryTables } from "#calc/modules/rotary.ts";
import { madeOfTables, ofBoth, rotated } from "./rotated.ts";

test("Llama's tables: angles once, then twice side by side, cosine and sine scaled in fp32 and cast", () => {
  expect(madeOfTables(rotaryTables)).toEqual({
    "1×s×1 fp32": 1,
    "1×1×s×32 fp32": 1,
    "1×1×s×64 fp32": 1 + 2 * 2,
    "1×1×s×64 bf16": 2,
  });
});

test("Llama's rotation: two products, a half negated and put before the other, a sum", () => {
  const { made, left } = rotated(applyRotary, { width: 64, dtype: "bf16" });
  expect(made).toEqual(ofBoth({ "b×h×s×64 bf16": 4, "b×h×s×32 bf16": 1 }));
  expect(left).toEqual(ofBoth({ "b×h×s×64 bf16": 1 }));
});

test("Phi-3's rotation of the first 16 of 64 entries: the same in their width, and whole heads again", () => {
  const { made, left } = rotated(applyRotaryPhi3, { width: 16, dtype: "bf16" });
  expect(made).toEqual(ofBoth({ "b×h×s×16 bf16": 4, "b×h×s×8 bf16": 1, "b×h×s×64 bf16": 1 }));
  expect(left).toEqual(ofBoth({ "b×h×s×64 bf16": 1 }));
});
