import type { Architecture } from "#calc/model/architecture.ts";
import { ENGINE } from "#calc/whole-engine.ts";
import { uncapitalised } from "#format/uncapitalised.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import { type ResolvedByStack, stackOf } from "./resolve-stack.ts";

type Attention = ResolvedByStack["attn"];
type Typed = Pick<Architecture, "model_type">;

/** Whether a library runs the layers of transformers, and not its own. */
const isOfTransformers = (choices: Choices): boolean =>
  (stackOf(choices).modelling ?? "transformers").startsWith("transformers");

/** Whether these are layers of transformers 5, into which Liger's kernels go, too. Before it, Gemma 2 took SDPA from whoever named it. */
const isOfVersionFive = (choices: Choices): boolean => {
  const { modelling, kernels } = stackOf(choices);
  return modelling === undefined && kernels !== undefined;
};

/** Both are PyTorch's `scaled_dot_product_attention`. */
const isSdpa = (attention: Attention | null): boolean => attention === "sdpa" || attention === "math";

/** Why SDPA cannot be had by name, as the middle of a sentence; null where it can, or is not asked for. A divided sequence goes with SDPA alone. */
export const whyNotSdpa = (choices: Choices, { model_type }: Typed): string | null => {
  if (!isSdpa(choices.attn) || choices.cp > 1 || !isOfVersionFive(choices)) return null;
  const why = ENGINE.withoutSdpa(model_type);
  return why === null
    ? null
    : `raises an error in transformers, which has no SDPA for models of type ${model_type} (${uncapitalised(why).replace(/\.$/, "")})`;
};

/**
 * The attention of choices in effect: as it was asked for, or as the library asks for it. Where nobody names a kernel transformers takes SDPA, and eager attention for a
 * model type that has none (Gemma 2, gpt-oss), where it refuses SDPA by name. A divided sequence goes with the flash kernel alone.
 *
 * @see transformers 5.24: modeling_utils.py, `get_correct_attn_implementation`, `_sdpa_can_dispatch`; `_supports_sdpa` of each type
 */
export const askedAttention = (choices: Choices, byStack: Attention, typed: Typed): Attention => {
  const isOpen = choices.attn === null && byStack === "sdpa" && choices.cp === 1;
  return isOpen && isOfTransformers(choices) && ENGINE.withoutSdpa(typed.model_type) !== null ? "eager" : byStack;
};
