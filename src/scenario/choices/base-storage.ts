// Storage of the base model and its fused experts: quantization, MXFP4, 16 bits.

import type { Architecture } from "#calc/model/architecture.ts";
import type { MethodId, QuantizedExperts, Quantization } from "#calc/model/scenario.ts";
import { ENGINE } from "#calc/whole-engine.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import { stackOf, expertReadOf, stackExperts } from "./resolve-stack.ts";
import type { ExpertsChoice } from "#scenario/keys/values.ts";
import { isOnVersion4 } from "#calc/model/tuners.ts";
import type { Asked } from "./chosen-division.ts";

/** Published with experts in MXFP4. */
const IN_MXFP4 = "gpt_oss";

/** Whether a library's way with experts is its way with those of this model: version 4 had linears of some, Unsloth's is for gated MLPs. */
const isOfModel = ({ choices, architecture }: Asked): boolean => {
  const { isGated, wereLinears } = ENGINE.fusedExperts(architecture);
  return isOnVersion4(stackOf(choices).modelling ?? "transformers") ? wereLinears : isGated;
};

/** Whether the library keeps a 16-bit base's experts as gpt-oss is published. */
const keepsMxfp4 = ({ choices, architecture, method }: Asked): boolean =>
  method === "lora" && architecture.model_type === IN_MXFP4 && stackOf(choices).modelling === "unsloth";

/**
 * How a library stores fused experts by itself. Unsloth packs those of a 4-bit base, and with LoRA on 16 bits keeps those of gpt-oss as they are published.
 *
 * @see unsloth-zoo 2026.10.9, temporary_patches/moe_utils_bnb4bit.py, `_is_expert_module`; mxfp4.py, `keep_mxfp4_experts_packed`
 */
export const defaultExpertStore = (asked: Asked): ExpertsChoice => {
  if (keepsMxfp4(asked)) return "mxfp4";
  const own = stackExperts(asked.choices, asked.method);
  return own !== null && isOfModel(asked) ? own.stored : "16bit";
};

const whyNotMxfp4 = ({ choices, architecture, method }: Asked): string | null => {
  if (architecture.model_type !== IN_MXFP4) return "is how gpt-oss is published, and this model is not";
  if (method === "full") return "cannot be trained itself";
  return expertReadOf(choices) === "rebuilt" ? null : "can be trained on only where experts are rebuilt in backward";
};

/** Why experts cannot be stored so for this method; null where they can. */
export const whyNotExpertStore = (experts: ExpertsChoice, asked: Asked): string | null => {
  if (ENGINE.fusedExperts(asked.architecture).weights === 0)
    return "is for experts that are fused into one parameter, and this model has none";
  if (experts === "mxfp4") return whyNotMxfp4(asked);
  const isFlat = stackOf(asked.choices).quantizedBytesPerParameter !== null;
  return asked.method === "qlora" && !isFlat ? null : "belongs to a quantised base";
};

/** The storage format of fused experts. @param asked with choices in effect */
export const expertStore = (asked: Asked): ExpertsChoice => asked.choices.experts ?? defaultExpertStore(asked);

const packedExperts = (stored: QuantizedExperts["stored"], choices: Choices): QuantizedExperts => {
  const { expertFormat: own } = stackOf(choices);
  return { stored, read: expertReadOf(choices), ...(stored === "4bit" && own !== undefined && { own }) };
};

/** The storage format of fused experts and their read mode, for choices in effect; null: they stay as loaded. */
export const chosenExperts = (
  choices: Choices,
  architecture: Architecture,
  method: MethodId,
): QuantizedExperts | null => {
  const stored = expertStore({ choices, architecture, method });
  return stored === "16bit" ? null : packedExperts(stored, choices);
};

/** How QLoRA's base is stored. */
export const chosenQuantization = (choices: Choices): Quantization => {
  const { quantizedBytesPerParameter } = stackOf(choices);
  if (quantizedBytesPerParameter !== null) return { kind: "flat", bytesPerParameter: quantizedBytesPerParameter };
  switch (choices.quant) {
    case "nf4":
    case "fp4":
      return { kind: "bnb-4bit", bnb_4bit_quant_type: choices.quant, bnb_4bit_use_double_quant: choices.dq };
    case "int8":
      return { kind: "bnb-8bit" };
    case "gptq":
      return { kind: "gptq" };
    case "unsloth-dynamic":
      return { kind: "bnb-4bit", bnb_4bit_quant_type: "nf4", bnb_4bit_use_double_quant: choices.dq };
    default:
      return choices.quant satisfies never;
  }
};
