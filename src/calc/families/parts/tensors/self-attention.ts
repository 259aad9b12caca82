import type { Architecture } from "#calc/model/architecture.ts";
import type { Module } from "#calc/model/layout.ts";
import { linears } from "./linear.ts";
import { rmsNorm } from "./norms.ts";
import { widths } from "./widths.ts";

/** The ways in which modelling files differ in the four projections. */
export type SelfAttention = Readonly<{
  path?: string;
  /** The name of the output projection. */
  output?: string;
  /** Whether `q_proj` is twice as wide: its second half is a gate on the output (Qwen3-Next). */
  gated?: boolean;
}>;

/** Norms on queries and keys: one weight for the width of a head, or for the whole projection. */
const qkNorms = (a: Architecture, path: string): readonly Module[] => {
  const { query, keyValue } = widths(a);
  if (a.qk_norm === "head") return [rmsNorm(`${path}.q_norm`, a.head_dim), rmsNorm(`${path}.k_norm`, a.head_dim)];
  return a.qk_norm === "full" ? [rmsNorm(`${path}.q_norm`, query), rmsNorm(`${path}.k_norm`, keyValue)] : [];
};

/** Separate query, key, value and output projections, biased as the config says, and the norms on queries and keys. */
export const selfAttention = (
  a: Architecture,
  { path = "self_attn", output = "o_proj", gated = false }: SelfAttention = {},
): readonly Module[] => {
  const { hidden, query, keyValue } = widths(a);
  const bias = a.qkv_bias || a.attention_bias || false;
  const outputBias = a.attention_out_bias ?? a.attention_bias ?? false;
  return [
    ...linears(path, {
      q_proj: [hidden, gated ? 2 * query : query, bias],
      k_proj: [hidden, keyValue, bias],
      v_proj: [hidden, keyValue, bias],
      [output]: [query, hidden, outputBias],
    }),
    ...qkNorms(a, path),
  ];
};
