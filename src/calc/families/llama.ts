// Llama, Mistral, Qwen 2 and 3, InternLM 3, and the Llama shape that other families build on.

import { gatedMlp } from "#calc/modules/mlp.ts";
import { rmsNorm } from "#calc/modules/norms.ts";
import { applyRotary } from "#calc/modules/rotary.ts";
import { decoderModel, preNormLayer } from "#calc/families/parts/decoder.ts";
import type { Forward } from "#calc/modules/forward.ts";
import type { Layout, Family, ModelType } from "./family.ts";
import type { Architecture } from "#calc/model/architecture.ts";
import type { Module } from "#calc/model/layout.ts";
import { repeatsForSdpa, repeatsForKernels } from "./transformers4-layers.ts";
import { LLAMA_FIELDS, NO_REFUSED, EXACT, WHOLE_PLAN, TRANSFORMERS_ONLY } from "#calc/families/parts/facts.ts";
import {
  causalLmLayout,
  gatedMlpTensors,
  uniformLayers,
  linears,
  normOf,
  selfAttentionTensors,
  widths,
  LLAMA_TARGETS,
} from "#calc/families/parts/tensors.ts";

/** Llama, and the types that differ from it only in the config: Mistral, Qwen 2, Qwen 3 (norms on queries and keys). */
export const llamaForward: Forward = {
  ...decoderModel({ norm: rmsNorm }),
  layer: preNormLayer({ norm: rmsNorm, mlp: gatedMlp, rotary: applyRotary }),
};

/** Fields that the modelling files of these types fix. They hold where a config does not have them. */
const FIXED: Readonly<Record<string, Partial<Architecture>>> = {
  qwen2: { qkv_bias: true },
  qwen3: { qk_norm: "head" },
};

/** `LlamaMLP`, or without the gate. */
export const llamaMlp = (a: Architecture): readonly Module[] => {
  const { hidden, intermediate } = widths(a);
  if (a.mlp_type !== "plain") return gatedMlpTensors("mlp", [hidden, intermediate], a.mlp_bias);
  return linears("mlp", {
    up_proj: [hidden, intermediate, a.mlp_bias],
    down_proj: [intermediate, hidden, a.mlp_bias],
  });
};

/** `LlamaDecoderLayer`. */
export const llamaLayer = (a: Architecture, mlp: readonly Module[]): readonly Module[] => [
  ...selfAttentionTensors(a),
  ...mlp,
  normOf(a.norm_type)("input_layernorm", a.hidden_size),
  normOf(a.norm_type)("post_attention_layernorm", a.hidden_size),
];

/**
 * The Llama shape: norm, separate q, k, v, o, residual; norm, MLP, residual. The config's fields decide on biases and on norms of queries and keys. The
 * modelling file fixes the kinds of norm and MLP, whatever a config says.
 * @see transformers 5.24, modeling_llama.py; modeling_mistral.py, modeling_qwen2.py, modeling_nemotron.py ... differ in the fields only
 */
export const llamaShape =
  (fixed: Partial<Architecture> = {}): Layout =>
  (architecture) => {
    const { mlp_type = "gated", norm_type = "rmsnorm" } = fixed;
    const a = { ...fixed, ...architecture, mlp_type, norm_type };
    return causalLmLayout(a, { layers: uniformLayers(a, llamaLayer(a, llamaMlp(a))) });
  };

/** Llama, Mistral, Qwen 2 and 3, InternLM 3. */
const layout: Layout = (a) => llamaShape(FIXED[a.model_type])(a);

/** Facts that these types share. */
const SHARED = {
  forward: llamaForward,
  tensorParallel: WHOLE_PLAN,
  contextParallel: true,
  ulysses: true,
  pipeline: true,
  approximation: EXACT,
} as const satisfies Partial<ModelType>;

/** Llama, and the types that differ from it only in the config. */
export const llama: Family = {
  model_types: {
    llama: {
      name: "Llama",
      ...SHARED,
      transformers4: { llamaLike: { repeats: repeatsForSdpa } },
      torchtune: true,
      unsloth: true,
      liger: true,
      config: { fields: LLAMA_FIELDS },
      heldAgainst: { runs: ["step", "tensor parallel", "sequence parallel", "Ulysses"] },
    },
    mistral: {
      name: "Mistral",
      ...SHARED,
      transformers4: { llamaLike: { repeats: repeatsForKernels } },
      torchtune: true,
      unsloth: true,
      liger: true,
      config: { fields: LLAMA_FIELDS },
      heldAgainst: { runs: ["step", "tensor parallel", "sequence parallel", "Ulysses"] },
    },
    mistral3: {
      name: "Mistral 3",
      ...SHARED,
      ...TRANSFORMERS_ONLY,
      config: { fields: LLAMA_FIELDS },
      heldAgainst: { as: "mistral" },
    },
    qwen2: {
      name: "Qwen 2",
      ...SHARED,
      transformers4: { llamaLike: { repeats: repeatsForKernels } },
      torchtune: true,
      unsloth: true,
      liger: true,
      config: { fields: { ...LLAMA_FIELDS, qkv_bias: true } },
      heldAgainst: { runs: ["step", "tensor parallel", "sequence parallel", "Ulysses"] },
    },
    qwen3: {
      name: "Qwen 3",
      ...SHARED,
      ...TRANSFORMERS_ONLY,
      liger: true,
      config: { fields: { ...LLAMA_FIELDS, qk_norm: "head" } },
      heldAgainst: { runs: ["step", "tensor parallel", "sequence parallel", "Ulysses"] },
    },
    internlm3: {
      name: "Internlm 3",
      ...SHARED,
      ...TRANSFORMERS_ONLY,
      config: { fields: LLAMA_FIELDS },
      heldAgainst: { runs: ["step", "tensor parallel", "Ulysses"] },
    },
  },
  layout,
  targets: LLAMA_TARGETS,
  refused: NO_REFUSED,
};
