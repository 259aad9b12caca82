import type { Dtype } from "./dtype.ts";

/** The element types that tensors of a step have. */
export type Element = Dtype | "bool" | "int64" | "int32" | "uint8";

/** Bytes of one element. */
export const ELEMENT_BYTES = {
  fp32: 4,
  bf16: 2,
  fp16: 2,
  int8: 1,
  bool: 1,
  uint8: 1,
  int64: 8,
  int32: 4,
} as const satisfies Record<Element, number>;

/** Bytes of one element. The types that nearly all tensors have are asked for first: a table that is read by ever other keys is slow. */
export const bytesOfElement = (dtype: Element): number => {
  if (dtype === "bf16") return ELEMENT_BYTES.bf16;
  return dtype === "fp32" ? ELEMENT_BYTES.fp32 : ELEMENT_BYTES[dtype];
};

/** The type that arithmetic of the two gives: the wider one (PyTorch's promotion, as far as one step meets it). */
export const promote = (one: Element, other: Element): Element =>
  bytesOfElement(one) >= bytesOfElement(other) ? one : other;
