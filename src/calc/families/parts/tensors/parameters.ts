import type { OtherModule } from "#calc/model/layout.ts";

/** A module whose parameters are neither a linear map nor a norm: a convolution, a router that is a bare matrix, attention sinks. */
export const parameters = (
  name: string,
  shapes: Readonly<Record<string, readonly number[]>>,
  inFp32 = false,
): OtherModule => ({
  kind: "other",
  name,
  isNorm: false,
  tensors: Object.entries(shapes).map(([tensor, shape]) => ({ name: tensor, shape, ...(inFp32 && { inFp32 }) })),
});
