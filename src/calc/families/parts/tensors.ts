// Parameters of common modules (linears, norms, attention, MLP, Mamba 2), model layouts, and target presets.

import type {
  EmbeddingModule,
  LinearModule,
  OtherModule,
  LayerLayout,
  ModelLayout,
  Module,
} from "#calc/model/layout.ts";
import type { Architecture } from "#calc/model/architecture.ts";
import type { Family } from "#calc/families/family.ts";

/** `nn.Embedding(num_embeddings, embedding_dim)`. */
export const embeddingTensors = (name: string, num_embeddings: number, embedding_dim: number): EmbeddingModule => ({
  kind: "embedding",
  name,
  num_embeddings,
  embedding_dim,
});

/** The arguments of `nn.Linear(in_features, out_features, bias)`; no bias unless said. */
type LinearShape = readonly [in_features: number, out_features: number, bias?: boolean | undefined];

/** `nn.Linear`; `name` is the path inside the layer. */
export const linearTensors = (name: string, [in_features, out_features, bias = false]: LinearShape): LinearModule => ({
  kind: "linear",
  name,
  in_features,
  out_features,
  bias,
});

/** The linears of one block, in the order its modelling code creates them; `path` is the block's path inside the layer, "" for the layer itself. */
export const linears = (path: string, shapes: Readonly<Record<string, LinearShape>>): readonly LinearModule[] =>
  Object.entries(shapes).map(([name, shape]) => linearTensors(path ? `${path}.${name}` : name, shape));

const norm = (name: string, tensors: readonly string[], shape: readonly number[]): OtherModule => ({
  kind: "other",
  name,
  isNorm: true,
  tensors: tensors.map((tensor) => ({ name: tensor, shape })),
});

/** RMSNorm, or a LayerNorm without bias: one weight. */
export const rmsNormTensors = (name: string, ...shape: readonly number[]): OtherModule => norm(name, ["weight"], shape);

/** `nn.LayerNorm`: weight and bias. */
export const layerNormTensors = (name: string, ...shape: readonly number[]): OtherModule =>
  norm(name, ["weight", "bias"], shape);

/** Makes a norm of a name and a width. */
type NormOf = (name: string, width: number) => OtherModule;

const withoutParameters: NormOf = (name) => norm(name, [], []);

/** The norm that `norm_type` names; RMSNorm by default. */
export const normOf = (norm_type: "rmsnorm" | "layernorm" | "layernorm_nobias" | "none" | undefined): NormOf => {
  if (norm_type === "layernorm") return layerNormTensors;
  return norm_type === "none" ? withoutParameters : rmsNormTensors;
};

/** The modules of a `...ForCausalLM`. Those that are left out are Llama's: `embed_tokens`, `norm`, `lm_head`. */
type CausalLm = Readonly<{
  layers: readonly LayerLayout[];
  embeddings?: readonly Module[];
  final?: readonly Module[];
  head?: string;
}>;

/** Puts embeddings, layers, final norm and output head together; a tied head has the embedding's width. */
export const causalLmLayout = (
  a: Architecture,
  { layers, embeddings, final, head = "lm_head" }: CausalLm,
): ModelLayout => {
  return {
    embeddings: embeddings ?? [embeddingTensors("embed_tokens", a.vocab_size, a.hidden_size)],
    layers,
    final: final ?? [normOf(a.norm_type)("norm", a.hidden_size)],
    head: {
      module: {
        ...linearTensors(head, [a.word_embed_proj_dim ?? a.hidden_size, a.vocab_size, a.lm_head_bias]),
        isHead: true,
      },
      tied: a.tie_word_embeddings,
    },
  };
};

/** Layers of several kinds: how many there are of each, in the order of first appearance. */
export const layersOfKinds = <Kind extends string>(
  kinds: readonly Kind[],
  modulesOf: (kind: Kind) => readonly Module[],
): readonly LayerLayout[] =>
  [...new Set(kinds)].map((kind) => {
    const at = kinds.flatMap((other, index) => (other === kind ? [index] : []));
    return { kind, count: at.length, at, modules: modulesOf(kind) };
  });

/** The kind of each layer, from its index. */
export const layerKinds = <Kind extends string>(a: Architecture, kindOf: (index: number) => Kind): readonly Kind[] =>
  Array.from({ length: a.num_hidden_layers }, (_, index) => kindOf(index));

/** All layers alike. */
export const uniformLayers = (a: Architecture, modules: readonly Module[]): readonly LayerLayout[] => [
  { kind: "decoder", count: a.num_hidden_layers, modules },
];

/** The widths that most layers are built of, in elements: h, a·d, k·d, f. An absent `intermediate_size` is 4h, as in GPT-2. */
export const widths = (
  a: Architecture,
): Readonly<{ hidden: number; query: number; keyValue: number; intermediate: number }> => ({
  hidden: a.hidden_size,
  query: a.num_attention_heads * a.head_dim,
  keyValue: a.num_key_value_heads * a.head_dim,
  intermediate: a.intermediate_size ?? 4 * a.hidden_size,
});

/** A module whose parameters are neither a linear map nor a norm: a convolution, a router that is a bare matrix, attention sinks. */
export const parameters = (
  name: string,
  shapes: Readonly<Record<string, readonly number[]>>,
  inFp32 = false,
): OtherModule => ({
  kind: "other",
  name,
  isNorm: false,
  tensors: Object.entries(shapes).map(([tensor, shape]) => ({ name: tensor, shape, ...(inFp32 && { inFp32 }) })),
});

/** The model's modules for per-layer inputs (Gemma 3n and 4): a second embedding with a share for every layer, and a projection of the first. */
export const perLayerEmbeddings = (a: Architecture): readonly Module[] => {
  const width = a.hidden_size_per_layer_input ?? 0;
  if (width === 0) return [];
  const all = a.num_hidden_layers * width;
  return [
    embeddingTensors("embed_tokens_per_layer", a.vocab_size_per_layer_input ?? a.vocab_size, all),
    linearTensors("per_layer_model_projection", [a.hidden_size, all]),
    rmsNormTensors("per_layer_projection_norm", width),
  ];
};

/** Each layer's modules that take its share in. */
export const perLayerInput = (a: Architecture): readonly Module[] => {
  const { hidden_size: hidden, hidden_size_per_layer_input: width = 0 } = a;
  if (width === 0) return [];
  return [
    ...linears("", { per_layer_input_gate: [hidden, width], per_layer_projection: [width, hidden] }),
    rmsNormTensors("post_per_layer_input_norm", hidden),
  ];
};

/** The ways in which modelling files differ in the four projections. */
type SelfAttention = Readonly<{
  path?: string;
  /** The name of the output projection. */
  output?: string;
  /** Whether `q_proj` is twice as wide: its second half is a gate on the output (Qwen3-Next). */
  gated?: boolean;
}>;

/** Norms on queries and keys: one weight for the width of a head, or for the whole projection. */
const qkNorms = (a: Architecture, path: string): readonly Module[] => {
  const { query, keyValue } = widths(a);
  if (a.qk_norm === "head")
    return [rmsNormTensors(`${path}.q_norm`, a.head_dim), rmsNormTensors(`${path}.k_norm`, a.head_dim)];
  return a.qk_norm === "full"
    ? [rmsNormTensors(`${path}.q_norm`, query), rmsNormTensors(`${path}.k_norm`, keyValue)]
    : [];
};

/** Separate query, key, value and output projections, biased as the config says, and the norms on queries and keys. */
export const selfAttentionTensors = (
  a: Architecture,
  { path = "self_attn", output = "o_proj", gated = false }: SelfAttention = {},
): readonly Module[] => {
  const { hidden, query, keyValue } = widths(a);
  const bias = a.qkv_bias || a.attention_bias || false;
  const outputBias = a.attention_out_bias ?? a.attention_bias ?? false;
  return [
    ...linears(path, {
      q_proj: [hidden, gated ? 2 * query : query, bias],
      k_proj: [hidden, keyValue, bias],
      v_proj: [hidden, keyValue, bias],
      [output]: [query, hidden, outputBias],
    }),
    ...qkNorms(a, path),
  ];
};

/** SwiGLU and its kin: act(gate_proj(x)) · up_proj(x), then down_proj. */
export const gatedMlpTensors = (
  path: string,
  [hidden, intermediate]: readonly [hidden: number, intermediate: number],
  bias = false,
): readonly Module[] =>
  linears(path, {
    gate_proj: [hidden, intermediate, bias],
    up_proj: [hidden, intermediate, bias],
    down_proj: [intermediate, hidden, bias],
  });

/**
 * A Mamba 2 mixer: one projection in (gate, convolved x, B and C, step sizes), a causal convolution, one decay, skip and step bias a head, a
 * gated norm, one projection out. @see Dao and Gu, arXiv 2405.21060, section 7
 */
export const mamba2Tensors = (a: Architecture, path: string): readonly Module[] => {
  const { hidden_size: hidden, mamba_n_heads: heads = 0, mamba_d_conv: kernel = 4 } = a;
  const inner = heads * (a.mamba_d_head ?? 0);
  const convolved = inner + 2 * (a.mamba_n_groups ?? 1) * (a.mamba_d_state ?? 0);
  return [
    parameters(path, { dt_bias: [heads], A_log: [heads], D: [heads] }),
    parameters(`${path}.conv1d`, { weight: [convolved, 1, kernel], bias: [convolved] }),
    ...linears(path, { in_proj: [hidden, inner + convolved + heads] }),
    rmsNormTensors(`${path}.norm`, inner),
    ...linears(path, { out_proj: [inner, hidden] }),
  ];
};

const QUERY_KEY_VALUE = ["q_proj", "k_proj", "v_proj"] as const;

/**
 * Presets of a family with separate projections: q and v; these with k and `output`; these with the MLP's names. `targetModules` leaves out names that a model
 * of the family does not have.
 */
export const targets = (output: string, mlp: readonly string[]): Family["targets"] => ({
  "q-v": ["q_proj", "v_proj"],
  attention: [...QUERY_KEY_VALUE, output],
  "attention-mlp": [...QUERY_KEY_VALUE, output, ...mlp],
});

/** Presets of a family that projects queries, keys and values in one linear. */
export const fusedTargets = (
  { qkv, output }: Readonly<{ qkv: string; output: string }>,
  mlp: readonly string[],
): Family["targets"] => ({
  "q-v": [qkv],
  attention: [qkv, output],
  "attention-mlp": [qkv, output, ...mlp],
});

/** Presets of the Llama-like: q, k, v, o and the gated MLP. */
export const LLAMA_TARGETS = targets("o_proj", ["gate_proj", "up_proj", "down_proj"]);
