import { expect, test } from "vitest";
import { bytesOfElement, type Element, promotedType } from "#calc/base/dtypes.ts";

/** @see PyTorch, `torch.Tensor.element_size` */
test.each<readonly [Element, number]>([
  ["fp32", 4],
  ["bf16", 2],
  ["fp16", 2],
  ["int64", 8],
  ["int8", 1],
  ["uint8", 1],
  ["bool", 1],
])("an element of %s takes %d bytes", (dtype, size) => {
  expect(bytesOfElement(dtype)).toBe(size);
});

test("arithmetic of two types gives the wider one; of two alike, the first", () => {
  expect([promotedType("bf16", "fp32"), promotedType("fp32", "bf16"), promotedType("bf16", "bool")]).toEqual([
    "fp32",
    "fp32",
    "bf16",
  ]);
  expect([promotedType("bf16", "fp16"), promotedType("fp16", "bf16")]).toEqual(["bf16", "fp16"]);
});
