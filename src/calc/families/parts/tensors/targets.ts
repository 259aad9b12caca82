import type { Family } from "#calc/families/family.ts";

const QUERY_KEY_VALUE = ["q_proj", "k_proj", "v_proj"] as const;

/**
 * Presets of a family with separate projections: q and v; these with k and `output`; these with the MLP's names. `targetModules` leaves out names that a model
 * of the family does not have.
 */
export const targets = (output: string, mlp: readonly string[]): Family["targets"] => ({
  "q-v": ["q_proj", "v_proj"],
  attention: [...QUERY_KEY_VALUE, output],
  "attention-mlp": [...QUERY_KEY_VALUE, output, ...mlp],
});

/** Presets of a family that projects queries, keys and values in one linear. */
export const fusedTargets = (
  { qkv, output }: Readonly<{ qkv: string; output: string }>,
  mlp: readonly string[],
): Family["targets"] => ({
  "q-v": [qkv],
  attention: [qkv, output],
  "attention-mlp": [qkv, output, ...mlp],
});

/** Presets of the Llama-like: q, k, v, o and the gated MLP. */
export const LLAMA_TARGETS = targets("o_proj", ["gate_proj", "up_proj", "down_proj"]);
