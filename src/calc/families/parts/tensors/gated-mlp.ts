import type { Module } from "#calc/model/layout.ts";
import { linears } from "./linear.ts";

/** SwiGLU and its kin: act(gate_proj(x)) · up_proj(x), then down_proj. */
export const gatedMlp = (
  path: string,
  [hidden, intermediate]: readonly [hidden: number, intermediate: number],
  bias = false,
): readonly Module[] =>
  linears(path, {
    gate_proj: [hidden, intermediate, bias],
    up_proj: [hidden, intermediate, bias],
    down_proj: [intermediate, hidden, bias],
  });
