import type { Division, Scenario } from "./scenario.ts";

/**
 * What is asked of GPUs that divide one model: how many divide its matrices (and hidden states with `sp`), its sequence (in a ring, or by sharing out
 * heads), its layers, its experts.
 */
export type AskedDivision = Readonly<{
  gpus: number;
  tp: number;
  sp: boolean;
  cp: number;
  ulysses: number;
  pp: number;
  ep: number;
  /** The loss that was chosen, if any, and whether it, or the library's own, takes logits that stay divided. */
  loss: string | null;
  dividesLoss: boolean;
  /** Micro batches of a step. */
  accum: number;
  attn: Scenario["attn_implementation"] | null;
}>;

/** Something asked for that does not go with the rest, and what is used in its place. */
export type Refused = Readonly<{ key: string; value: string; used: string; why: string }>;

/** How GPUs divide a model, as far as it can be divided so, and what was refused. */
export type CheckedDivision = Readonly<{ division?: Division | undefined; refused: readonly Refused[] }>;
