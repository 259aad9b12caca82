// Storage format of each parameter: quantization, k-bit preparation, adapters and what adapters share.

import type { Method, Quantization, KbitPreparation, ModellingId } from "#calc/model/scenario.ts";
import type { ModuleTensor } from "./parameter-tensors.ts";
import type { ParameterFormat } from "#calc/base/dtypes.ts";

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
const expertQuantization = ({ shape }: Pick<ModuleTensor, "shape">, method: Method): Quantization | null => {
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
const kbitFormat = (tensor: ModuleTensor, weights: ParameterFormat, base: Base): ParameterFormat => {
  if (!base.quantization.kind.startsWith("bnb") || !TENSOR_TYPES.has(weights)) return weights;
  return PREPARED[base.kbitPreparation](tensor, weights, base);
};

/** What decides which parameters there are, and how each is kept: a scenario has it, and so have the options of a step. */
export type Keeping = Readonly<{ method: Method; weights: ParameterFormat; modelling: ModellingId }>;

/** The same of a run that trains adapters. */
export type KeepingAdapters = Keeping & Readonly<{ method: Exclude<Method, { kind: "full" }> }>;

/** How a quantisation packs this tensor of the base: it takes the weights of linear modules, fused experts where a library does so, and under a flat rule everything. */
export const quantizationOf = (tensor: ModuleTensor, { method }: Pick<Keeping, "method">): Quantization | null => {
  const { role, kept } = tensor;
  if (method.kind === "qlora" && method.quantization.kind === "flat") return method.quantization;
  if (role === "experts") return expertQuantization(tensor, method);
  return method.kind === "qlora" && role === "linear" && kept !== "whole" ? method.quantization : null;
};

/** What a tensor of the base is kept in that is not quantised, and its copy. */
export const formatOf = (tensor: ModuleTensor, { method, weights }: Omit<Keeping, "modelling">): ParameterFormat => {
  if (tensor.kept === "fp32") return "fp32";
  return method.kind === "qlora" ? kbitFormat(tensor, weights, method) : weights;
};

/**
 * How a tuner's tensors are kept: as the scenario says, but for TRL's k-bit preparation, which casts fp32 ones to bf16.
 *
 * @see trl/trainer/utils.py (up to 0.10; from 0.11 on it leaves adapters alone), `peft_module_casting_to_bf16`.
 */
export const adapterFormat = (method: Exclude<Method, { kind: "full" }>): ParameterFormat => {
  const { adapters } = method.lora;
  return method.kind === "qlora" && method.kbitPreparation === "trl" && adapters === "fp32" ? "bf16" : adapters;
};

/**
 * How what adapters share is kept: PEFT gives it the type that the base computes in, and casts that to fp32 where it casts adapters.
 *
 * @see peft/tuners/tuners_utils.py, `_move_adapter_to_device_of_base_layer`, `cast_adapter_dtype`
 */
export const sharedFormat = ({ method, weights }: KeepingAdapters): ParameterFormat => {
  const adapters = adapterFormat(method);
  return adapters === "fp32" || method.kind === "qlora" ? adapters : weights;
};
