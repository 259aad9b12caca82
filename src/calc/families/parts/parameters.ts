import type { OtherModule } from "#calc/families/model-layout.ts";

/** A module whose parameters are neither a linear map nor a norm: a convolution, a router that is a bare matrix, attention sinks. */
export const parameters = (name: string, shapes: Readonly<Record<string, readonly number[]>>): OtherModule => ({
  kind: "other",
  name,
  isNorm: false,
  tensors: Object.entries(shapes).map(([tensor, shape]) => ({ name: tensor, shape })),
});

/** The same, kept in fp32. */
export const inFloat = (module: OtherModule): OtherModule => ({
  ...module,
  tensors: module.tensors.map((tensor) => ({ ...tensor, dtype: "fp32" })),
});
