import type { Architecture } from "#calc/model/architecture.ts";
import type { Module } from "#calc/model/layout.ts";
import { linears } from "./linear.ts";
import { rmsNorm } from "./norms.ts";
import { parameters } from "./parameters.ts";

/**
 * A Mamba 2 mixer: one projection in (gate, convolved x, B and C, step sizes), a causal convolution, one decay, skip and step bias a head, a
 * gated norm, one projection out. @see Dao and Gu, arXiv 2405.21060, section 7
 */
export const mamba2 = (a: Architecture, path: string): readonly Module[] => {
  const { hidden_size: hidden, mamba_n_heads: heads = 0, mamba_d_conv: kernel = 4 } = a;
  const inner = heads * (a.mamba_d_head ?? 0);
  const convolved = inner + 2 * (a.mamba_n_groups ?? 1) * (a.mamba_d_state ?? 0);
  return [
    parameters(path, { dt_bias: [heads], A_log: [heads], D: [heads] }),
    parameters(`${path}.conv1d`, { weight: [convolved, 1, kernel], bias: [convolved] }),
    ...linears(path, { in_proj: [hidden, inner + convolved + heads] }),
    rmsNorm(`${path}.norm`, inner),
    ...linears(path, { out_proj: [inner, hidden] }),
  ];
};
