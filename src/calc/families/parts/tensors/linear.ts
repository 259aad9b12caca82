import type { LinearModule } from "#calc/model/layout.ts";

/** The arguments of `nn.Linear(in_features, out_features, bias)`; no bias unless said. */
export type LinearShape = readonly [in_features: number, out_features: number, bias?: boolean | undefined];

/** `nn.Linear`; `name` is the path inside the layer. */
export const linear = (name: string, [in_features, out_features, bias = false]: LinearShape): LinearModule => ({
  kind: "linear",
  name,
  in_features,
  out_features,
  bias,
});

/** The linears of one block, in the order its modelling code creates them; `path` is the block's path inside the layer, "" for the layer itself. */
export const linears = (path: string, shapes: Readonly<Record<string, LinearShape>>): readonly LinearModule[] =>
  Object.entries(shapes).map(([name, shape]) => linear(path ? `${path}.${name}` : name, shape));
