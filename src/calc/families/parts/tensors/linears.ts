import type { LinearModule, Sublayer } from "#calc/model/layout.ts";
import { linear, type LinearShape } from "./linear.ts";

/** The linears of one block, in the order its modelling code creates them; `path` is the block's path inside the layer, "" for the layer itself. */
export const linears = (
  sublayer: Sublayer,
  path: string,
  shapes: Readonly<Record<string, LinearShape>>,
): readonly LinearModule[] =>
  Object.entries(shapes).map(([name, shape]) => linear(sublayer, path ? `${path}.${name}` : name, shape));
