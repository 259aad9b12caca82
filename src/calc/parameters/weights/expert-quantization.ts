import type { Method, Quantization } from "#calc/model/scenario.ts";
import type { ModuleTensor } from "#calc/parameters/base-tensors.ts";

/** Fused experts have a matrix for each of them: [experts, out, in]. Their biases have two dimensions, and stay as they are. */
const FUSED_DIMENSIONS = 3;

/** bitsandbytes' 4 bits as libraries ask for them, where the rest of the base is in another format. */
const NF4: Quantization = { kind: "bnb-4bit", bnb_4bit_quant_type: "nf4", bnb_4bit_use_double_quant: true };

const likeLinears = (method: Exclude<Method, { kind: "full" }>): Quantization =>
  method.kind === "qlora" && method.quantization.kind === "bnb-4bit" ? method.quantization : NF4;

/**
 * How a tensor of fused experts is packed; null where it is left as it is loaded. In 4 bits the settings are those of the linears,
 * unless the library has its own for experts.
 *
 * @see bitsandbytes 0.50.2, nn/parametrize.py, `replace_parameter_4bit`; unsloth-zoo 2026.10.9,
 * temporary_patches/moe_utils_bnb4bit.py, `replace_expert_params_with_bnb_params`
 */
export const expertQuantization = ({ shape }: Pick<ModuleTensor, "shape">, method: Method): Quantization | null => {
  if (method.kind === "full" || method.experts === undefined || shape.length !== FUSED_DIMENSIONS) return null;
  const { stored, own } = method.experts;
  switch (stored) {
    case "4bit":
      return own ?? likeLinears(method);
    case "8bit":
      return { kind: "bnb-8bit" };
    case "mxfp4":
      return { kind: "mxfp4" };
    default:
      return stored satisfies never;
  }
};
