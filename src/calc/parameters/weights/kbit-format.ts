import type { ModuleTensor } from "#calc/parameters/base-tensors.ts";
import type { ParameterFormat } from "#calc/base/dtype.ts";
import type { KbitPreparation, Method } from "#calc/model/scenario.ts";

/** Embeddings and heads, by name: they are cast back to 16 bits. */
const SIXTEEN_BIT_NAMES = ["lm_head", "embed_tokens", "wte", "wpe", "word_embeddings"];

/** What is cast; other formats are no tensor's. */
const TENSOR_TYPES: ReadonlySet<ParameterFormat> = new Set(["bf16", "fp16", "fp32"]);

/** Whether TRL's cast puts this tensor back to bf16: embeddings' and heads' weights, never a norm or a bias. */
const isCastByTrl = (tensor: ModuleTensor): boolean =>
  tensor.role !== "norm" && tensor.role !== "bias" && SIXTEEN_BIT_NAMES.some((name) => tensor.name.includes(name));

/** Whether Axolotl's cast puts this tensor back: norms, whole, and weights of embeddings and heads. */
const isCastByAxolotl = ({ name }: ModuleTensor): boolean =>
  name.includes("norm") || (name.endsWith(".weight") && SIXTEEN_BIT_NAMES.some((each) => name.includes(each)));

type Base = Pick<Extract<Method, { kind: "qlora" }>, "quantization" | "kbitPreparation" | "experts">;

type Prepared = (tensor: ModuleTensor, weights: ParameterFormat, base: Base) => ParameterFormat;

const byTrl: Prepared = (tensor) => (isCastByTrl(tensor) ? "bf16" : "fp32");

/** What each preparation leaves. */
const PREPARED: Readonly<Record<KbitPreparation, Prepared>> = {
  none: (_, weights) => weights,
  fp32: () => "fp32",
  trl: byTrl,
  "trl-0.11": byTrl,
  axolotl: (tensor, weights, { experts }) => (experts !== undefined || isCastByAxolotl(tensor) ? weights : "fp32"),
};

/**
 * How a parameter that stays unquantised is kept after k-bit preparation. `fp32`: every 16-bit parameter becomes fp32. `trl`: the same, then
 * embeddings and head go back to bf16. `axolotl`: the same, then norms, embeddings and head go back to what they were
 * loaded as; nothing is cast where it has quantised experts. `none`, GPTQ and flat accounting: as loaded.
 *
 * @see peft/utils/other.py, `prepare_model_for_kbit_training`; trl/trainer/utils.py (0.x), `peft_module_casting_to_bf16`; axolotl/loaders/model.py (0.18),
 * `_configure_embedding_dtypes`, `_prepare_model_for_quantization`
 */
export const kbitFormat = (tensor: ModuleTensor, weights: ParameterFormat, base: Base): ParameterFormat => {
  if (!base.quantization.kind.startsWith("bnb") || !TENSOR_TYPES.has(weights)) return weights;
  return PREPARED[base.kbitPreparation](tensor, weights, base);
};
