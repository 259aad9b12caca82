import type { ModuleTensor } from "#calc/parameters/base-tensors.ts";
import type { ParameterFormat } from "#calc/base/dtype.ts";
import type { KbitPreparation, Quantization } from "#calc/model/scenario.ts";

/** What TRL casts back to bf16, by name. */
const TRL_SIXTEEN_BIT_NAMES = ["lm_head", "embed_tokens", "wte", "wpe", "word_embeddings"];

/** What is cast; other formats are no tensor's. */
const TENSOR_TYPES: ReadonlySet<ParameterFormat> = new Set(["bf16", "fp16", "fp32"]);

/** Whether TRL's cast puts this tensor back to bf16: embeddings' and heads' weights, never a norm or a bias. */
const isCastByTrl = (tensor: ModuleTensor): boolean =>
  tensor.role !== "norm" && tensor.role !== "bias" && TRL_SIXTEEN_BIT_NAMES.some((name) => tensor.name.includes(name));

/**
 * How a parameter that stays unquantised is kept after k-bit preparation. `fp32`: every 16-bit parameter becomes fp32. `trl`: the same, then
 * embeddings and head go back to bf16. `none`, GPTQ and flat accounting: as loaded.
 *
 * @see peft/utils/other.py, `prepare_model_for_kbit_training`; trl/trainer/utils.py (0.x), `peft_module_casting_to_bf16`.
 */
export const kbitFormat = (
  tensor: ModuleTensor,
  weights: ParameterFormat,
  base: Readonly<{ quantization: Quantization; kbitPreparation: KbitPreparation }>,
): ParameterFormat => {
  if (!base.quantization.kind.startsWith("bnb") || !TENSOR_TYPES.has(weights)) return weights;
  switch (base.kbitPreparation) {
    case "none":
      return weights;
    case "fp32":
      return "fp32";
    case "trl":
    case "trl-0.11":
      return isCastByTrl(tensor) ? "bf16" : "fp32";
    default:
      return base.kbitPreparation satisfies never;
  }
};
