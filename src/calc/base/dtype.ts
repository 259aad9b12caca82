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
