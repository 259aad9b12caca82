import type { Architecture } from "#calc/model/architecture.ts";
import type { Issue } from "#scenario/choices/issue.ts";
import { configIssue } from "./config-issue.ts";

/** Fields of which a family that is not known says nothing by itself, and what is taken. */
const TAKEN = {
  num_key_value_heads: "as many as heads",
  head_dim: "the width over the heads",
  tie_word_embeddings: "false",
  hidden_act: "silu",
  mlp_type: "gated",
  norm_type: "rmsnorm",
} as const satisfies Partial<Record<keyof Architecture, string>>;

/**
 * What is taken for granted with a family that is not known: that its layers are Llama's, and one issue for each field that its config.json leaves
 * open.
 */
export const assumptions = (model_type: string, read: Partial<Architecture>): readonly Issue[] => [
  model_type === ""
    ? configIssue("assumed-field", "model_type", {
        used: "llama",
        why: "is not there; layers like Llama's are assumed",
      })
    : configIssue("assumed-field", "model_type", {
        value: model_type,
        used: "llama",
        why: "is not a family known here; layers like Llama's are assumed",
      }),
  ...Object.entries(TAKEN)
    .filter(([field]) => read[field as keyof Architecture] === undefined)
    .map(([field, used]) => configIssue("assumed-field", field, { used, why: `is not there; ${used} is assumed` })),
];
