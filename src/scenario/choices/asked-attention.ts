import type { Architecture } from "#calc/model/architecture.ts";
import { ENGINE } from "#calc/whole-engine.ts";
import type { Choices } from "./choices.ts";
import { type ResolvedByStack, stackOf } from "./resolve-stack.ts";

/** Whether a library runs the layers of transformers, and not its own. */
const isOfTransformers = (choices: Choices): boolean =>
  (stackOf(choices).modelling ?? "transformers").startsWith("transformers");

/**
 * The attention of a run: as it was asked for, or as the library asks for it. Where nobody names a kernel transformers takes SDPA, and eager attention for a
 * model type that has none (Gemma 2, gpt-oss). A divided sequence goes with the flash kernel alone.
 *
 * @see transformers 5.24: modeling_utils.py, `get_correct_attn_implementation`; `_supports_sdpa` of each type
 */
export const askedAttention = (
  choices: Choices,
  byStack: ResolvedByStack["attn"],
  { model_type }: Pick<Architecture, "model_type">,
): ResolvedByStack["attn"] => {
  const isOpen = choices.attn === null && byStack === "sdpa" && choices.cp === 1;
  return isOpen && isOfTransformers(choices) && ENGINE.withoutSdpa(model_type) !== null ? "eager" : byStack;
};
