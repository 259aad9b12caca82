import type { Architecture } from "#calc/architecture.ts";
import { bytesPerParameter, type ParameterFormat } from "#calc/dtype.ts";
import type { Lora, Scenario } from "#calc/scenario.ts";

/** A dtype that activations have: 2 or 4 bytes an element. */
export type Width = 2 | 4;

/**
 * In which dtype each kind of tensor of a step is, and who is trained: all that the rules of a layer ask of a scenario.
 */
export type Regime = Readonly<{
  isBaseTrained: boolean;
  /** null under full fine-tuning. */
  lora: Lora | null;
  isFourBit: boolean;
  autocast: boolean;
  /** The residual stream. */
  stream: Width;
  /** What norms give out. */
  normed: Width;
  /** What linear layers give out inside a block. */
  linear: Width;
  /** What attention computes in. */
  attention: Width;
  /** fp32 weights cast to bf16 by autocast. */
  areWeightsCast: boolean;
  /** What the adapter's own products are in, and the weights of the adapter. */
  adapter: Width;
  adapterWeights: Width;
  kernel: "flash" | "math" | "eager";
  gradient_checkpointing: boolean;
}>;

const widthOf = (format: ParameterFormat): Width => (bytesPerParameter(format) >= 4 ? 4 : 2);

/**
 * What a family's norms give out. `widening`: the wider of input and weight (RMSNorm of Llama: fp32 weights make the stream fp32). `keeping`: the
 * input's dtype (Gemma, Cohere, Nemotron, OLMo's norm without weights). `layer`: torch's layer norm, which autocast runs in fp32 and leaves there.
 *
 * @see transformers/models/{llama,gemma,cohere,olmo,gpt_neox}/modeling_*.py; torch/amp, operations that autocast to float32.
 */
export type NormOutput = "widening" | "keeping" | "layer";

export const normOutputOf = ({ norm_type = "rmsnorm", model_type }: Architecture): NormOutput => {
  if (norm_type === "layernorm") return model_type === "nemotron" ? "keeping" : "layer";
  return norm_type === "rmsnorm" && !model_type.startsWith("gemma") ? "widening" : "keeping";
};

/** Whether the residual stream is fp32: from the embeddings on, from fp32 norms, or from layer norms whose dtype 4-bit linears give back. */
const hasFp32Stream = ({ weights, method, autocast }: Scenario, norms: NormOutput): boolean => {
  if (widthOf(weights) === 4) return true;
  if (method.kind !== "qlora") return false;
  const isBitsandbytes = method.quantization.kind === "bnb-4bit" || method.quantization.kind === "bnb-8bit";
  if (!isBitsandbytes) return false;
  if (norms === "layer" && autocast) return true;
  return method.kbitPreparation === "fp32" || (method.kbitPreparation === "trl" && norms === "widening");
};

/**
 * The kernel that attention runs: PyTorch's flash kernel needs 16 bits; in fp32 grouped heads fall to the math kernel, which keeps the probabilities.
 *
 * @see aten/src/ATen/native/transformers/cuda/sdp_utils.cpp, `check_tensor_dtype`, `check_batch_size_and_num_heads_dense`.
 */
const kernelOf = (scenario: Scenario, attention: Width): Regime["kernel"] => {
  if (scenario.attn_implementation === "eager") return "eager";
  const { num_attention_heads: heads, num_key_value_heads: groups } = scenario.architecture;
  return scenario.attn_implementation === "sdpa" && attention === 4 && heads !== groups ? "math" : "flash";
};

/** Which dtypes the base's products come out in. A 4-bit linear gives back its input's dtype; autocast makes other products 16-bit. */
const widthsOfBase = (scenario: Scenario): Pick<Regime, "stream" | "normed" | "linear" | "attention"> => {
  const norms = normOutputOf(scenario.architecture);
  const stream = hasFp32Stream(scenario, norms) ? 4 : 2;
  const normed = norms === "layer" && scenario.autocast ? 4 : stream;
  const isCastByAutocast = scenario.autocast && scenario.method.kind !== "qlora";
  return { stream, normed, linear: isCastByAutocast ? 2 : normed, attention: scenario.autocast ? 2 : stream };
};

/** Dtypes of one scenario, and who is trained in it. */
export const regimeOf = (scenario: Scenario): Regime => {
  const { method, autocast } = scenario;
  const lora = method.kind === "full" ? null : method.lora;
  const base = widthsOfBase(scenario);
  const adapterWeights = lora === null ? 2 : widthOf(lora.adapters);
  return {
    isBaseTrained: lora === null,
    lora,
    isFourBit: method.kind === "qlora" && method.quantization.kind === "bnb-4bit",
    autocast,
    ...base,
    areWeightsCast: autocast && widthOf(scenario.weights) === 4,
    adapter: autocast || adapterWeights === 2 ? 2 : 4,
    adapterWeights,
    kernel: kernelOf(scenario, base.attention),
    gradient_checkpointing: scenario.gradient_checkpointing,
  };
};
