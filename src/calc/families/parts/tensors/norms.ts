import type { OtherModule } from "#calc/model/layout.ts";

const norm = (name: string, tensors: readonly string[], shape: readonly number[]): OtherModule => ({
  kind: "other",
  name,
  isNorm: true,
  tensors: tensors.map((tensor) => ({ name: tensor, shape })),
});

/** RMSNorm, or a LayerNorm without bias: one weight. */
export const rmsNorm = (name: string, ...shape: readonly number[]): OtherModule => norm(name, ["weight"], shape);

/** `nn.LayerNorm`: weight and bias. */
export const layerNorm = (name: string, ...shape: readonly number[]): OtherModule =>
  norm(name, ["weight", "bias"], shape);

/** Makes a norm of a name and a width. */
export type NormOf = (name: string, width: number) => OtherModule;

const withoutParameters: NormOf = (name) => norm(name, [], []);

/** The norm that `norm_type` names; RMSNorm by default. */
export const normOf = (norm_type: "rmsnorm" | "layernorm" | "layernorm_nobias" | "none" | undefined): NormOf => {
  if (norm_type === "layernorm") return layerNorm;
  return norm_type === "none" ? withoutParameters : rmsNorm;
};
