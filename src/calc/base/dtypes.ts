// Data types of tensors and formats of parameters: their bytes, names and type promotion.

/** The element types that parameters, gradients and optimizer states are kept in. */
export type Dtype = "fp32" | "bf16" | "fp16" | "int8";

/** Bytes of one element. */
export const DTYPE_BYTES = { fp32: 4, bf16: 2, fp16: 2, int8: 1 } as const satisfies Record<Dtype, number>;

/** How parameters are kept: an element type, or a flat number of bytes for each parameter (0.5, 12 ...). */
export type ParameterFormat = Dtype | number;

/** The name of a format (`bf16`), or its bytes (`0.5 B`). */
export const formatName = (format: ParameterFormat): string => (typeof format === "number" ? `${format} B` : format);

/** Bytes that one parameter takes in this format. */
export const bytesPerParameter = (format: ParameterFormat): number =>
  typeof format === "number" ? format : DTYPE_BYTES[format];

/** The element types that tensors of a step have. */
export type Element = Dtype | "bool" | "int64" | "int32" | "uint8";

/** Bytes of one element. */
export const ELEMENT_BYTES = {
  ...DTYPE_BYTES,
  bool: 1,
  uint8: 1,
  int64: 8,
  int32: 4,
} as const satisfies Record<Element, number>;

/** Bytes of a value of the 16-bit type that ranks compute in: fp16 or bf16. */
export const COMPUTE_BYTES = ELEMENT_BYTES.bf16;
/** Bytes of a value in fp64, the type of gradient norms. */
export const FP64_BYTES = 8;

/** Bytes of one element. The types that nearly all tensors have are asked for first: a table that is read by ever other keys is slow. */
export const bytesOfElement = (dtype: Element): number => {
  if (dtype === "bf16") return ELEMENT_BYTES.bf16;
  return dtype === "fp32" ? ELEMENT_BYTES.fp32 : ELEMENT_BYTES[dtype];
};

/** The type that arithmetic of the two gives: the wider one (PyTorch's promotion, as far as one step meets it). */
export const promotedType = (one: Element, other: Element): Element =>
  bytesOfElement(one) >= bytesOfElement(other) ? one : other;
