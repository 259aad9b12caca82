import type { ModelType } from "#calc/families/model-type.ts";
import { REMOTE_CODE } from "./reasons.ts";
import { TRANSFORMERS_ALONE } from "./transformers-alone.ts";

/** Facts of a type whose code comes only with its checkpoints. It is run as its nearest kin in transformers. */
export const remoteCode = (model_type: string): Omit<ModelType, "name" | "forward" | "config"> => ({
  tensorParallel: REMOTE_CODE,
  contextParallel: true,
  ulysses: REMOTE_CODE,
  pipeline: true,
  ...TRANSFORMERS_ALONE,
  heldAgainst: { none: "No run of fake tensors takes code that is not in transformers." },
  approximation: `The code of ${model_type} is not in transformers: it is run as its nearest kin, and checked against nothing.`,
});
