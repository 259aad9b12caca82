import type { Layout } from "#calc/families/family.ts";
import type { Architecture } from "#calc/model/architecture.ts";
import { GEMMA_NORMS } from "#calc/families/gemma2/tensors.ts";
import type { Module } from "#calc/model/layout.ts";
import { causalLm } from "#calc/families/parts/tensors/causal-lm.ts";
import { embedding } from "#calc/families/parts/tensors/embedding.ts";
import { fusedExperts } from "#calc/families/parts/tensors/experts.ts";
import { gatedMlp } from "#calc/families/parts/tensors/gated-mlp.ts";
import { kindsOf, layersOfKinds } from "#calc/families/parts/tensors/layers-of-kinds.ts";
import { linear } from "#calc/families/parts/tensors/linear.ts";
import { rmsNorm } from "#calc/families/parts/tensors/norms.ts";
import { parameters } from "#calc/families/parts/tensors/parameters.ts";
import { perLayerEmbeddings, perLayerInput } from "#calc/families/parts/tensors/per-layer-inputs.ts";
import { selfAttention } from "#calc/families/parts/tensors/self-attention.ts";
import { widths } from "#calc/families/parts/tensors/widths.ts";

type LayerType = `${"sliding" | "full"}_attention`;
type Kind = `${LayerType}${"" | " shared_kv"}`;

/** Without a list, every sixth layer has full attention. The last one has it even against the list. @see configuration_gemma4.py, `__post_init__` */
export const layerTypeAt = (a: Architecture, index: number): LayerType => {
  const isFull = (a.layer_types?.[index] ?? (index % 6 === 5 ? "full_attention" : "")) === "full_attention";
  return isFull || index === a.num_hidden_layers - 1 ? "full_attention" : "sliding_attention";
};

const KEY_VALUE = new Set(["self_attn.k_proj", "self_attn.v_proj", "self_attn.k_norm"]);

/** Full attention has wider heads, and fewer key heads where the keys are also the values. The last layers read an earlier layer's keys and values. */
const attention = (a: Architecture, kind: Kind): readonly Module[] => {
  const isFull = kind.startsWith("full");
  const keysAreValues = isFull && a.attention_k_eq_v;
  const full = {
    head_dim: a.global_head_dim ?? a.head_dim,
    ...(keysAreValues && { num_key_value_heads: a.num_global_key_value_heads ?? a.num_key_value_heads }),
  };
  return selfAttention(isFull ? { ...a, ...full } : a).filter(
    ({ name }) =>
      !(kind.endsWith("shared_kv") && KEY_VALUE.has(name)) && !(keysAreValues && name === "self_attn.v_proj"),
  );
};

/** Experts stand beside the dense MLP, with norms of their own. */
const experts = (a: Architecture): readonly Module[] => {
  const { hidden_size: hidden, num_experts: count = 0 } = a;
  if (count === 0) return [];
  return [
    parameters("router", { scale: [hidden], per_expert_scale: [count] }),
    linear("router.proj", [hidden, count]),
    {
      ...fusedExperts(a, "experts"),
      undivided: "whose plan has its dense MLPs divided with the experts, beside which FSDP 2 refuses it",
    },
    rmsNorm("post_feedforward_layernorm_1", hidden),
    rmsNorm("post_feedforward_layernorm_2", hidden),
    rmsNorm("pre_feedforward_layernorm_2", hidden),
  ];
};

const layer = (a: Architecture, kind: Kind): readonly Module[] => {
  const { hidden, intermediate } = widths(a);
  const isWide = a.use_double_wide_mlp && kind.endsWith("shared_kv");
  return [
    ...attention(a, kind),
    ...gatedMlp("mlp", [hidden, isWide ? 2 * intermediate : intermediate]),
    ...GEMMA_NORMS.map((name) => rmsNorm(name, hidden)),
    ...perLayerInput(a),
    ...experts(a),
  ];
};

/** Gemma 4, text decoder. `layer_scalar` is a buffer. @see transformers 5.24, modeling_gemma4.py, modeling_gemma4_unified.py */
export const layout: Layout = (architecture) => {
  const a = { qk_norm: "head", ...architecture } as const;
  const firstShared = a.num_hidden_layers - (a.num_kv_shared_layers ?? 0);
  const kinds = kindsOf(a, (index): Kind => `${layerTypeAt(a, index)}${index < firstShared ? "" : " shared_kv"}`);
  return causalLm(a, {
    embeddings: [embedding("embed_tokens", a.vocab_size, a.hidden_size), ...perLayerEmbeddings(a)],
    layers: layersOfKinds(kinds, (kind) => layer(a, kind)),
  });
};
