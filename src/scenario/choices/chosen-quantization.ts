import type { Quantization } from "#calc/model/scenario.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import { stackOf } from "./resolve-stack.ts";

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
