// Layout of a model: its modules and parameter tensors, layer by layer, and the presets of LoRA target modules.

/** One parameter tensor, named as in the modelling code; `_keep_in_fp32_modules_strict` are fp32 whatever the model is loaded in. */
export type ParameterTensor = Readonly<{ name: string; shape: readonly number[]; inFp32?: true }>;

/** An `nn.Linear` (or GPT-2's `Conv1D`): what bitsandbytes quantises and LoRA adapts, the output head apart. */
export type LinearModule = Readonly<{
  kind: "linear";
  /** The module's path inside its layer, `self_attn.q_proj`: LoraConfig.target_modules matches it whole or by its end (`q_proj`). */
  name: string;
  in_features: number;
  out_features: number;
  bias: boolean;
  /** The output head, which bitsandbytes leaves as it is; LitGPT's is a linear like others. */
  isHead?: true;
  /** A class of its own that inherits from `nn.Linear`, which bitsandbytes leaves as it is. */
  inherits?: true;
  /** Named by the checkpoint's `llm_int8_skip_modules`: bitsandbytes leaves it as it is in the layers of this kind. */
  skipped?: true;
  /** Training reads its weight by itself, and calls no adapter that is around it: that has no gradient, and an optimizer no states of it. */
  weightAlone?: true;
}>;

/**
 * One parameter among experts that PEFT adapts: `targets` are the names that choose it (`gate_proj` and `up_proj` for the fused
 * `gate_up_proj`), each adding its own rank; `copies` is how many matrices lie in it, one an expert.
 */
export type AdaptedExperts = Readonly<{
  name: string;
  targets: readonly string[];
  in_features: number;
  out_features: number;
  copies: number;
}>;

/** Experts fused into 3-D parameters (transformers 5): not quantised by bitsandbytes itself; adapted by PEFT only for some families. */
export type ExpertsModule = Readonly<{
  kind: "experts";
  name: string;
  num_experts: number;
  tensors: readonly ParameterTensor[];
  /** What PEFT adapts here when LoraConfig names what it was called before the experts were fused; empty where it adapts none. */
  adapted: readonly AdaptedExperts[];
  /** The same of version 4 of transformers, where each expert's matrix was a linear (`mlp.experts.*.up_proj`); absent: it had other experts, or no such model. */
  linears?: readonly AdaptedExperts[];
  /** Matrices are stored [in, out], not [out, in] (`is_transposed`). */
  transposed?: true;
  /** Why ranks cannot share them out, as the end of a sentence about the model; absent: they can. */
  undivided?: string;
}>;

export type EmbeddingModule = Readonly<{
  kind: "embedding";
  name: string;
  num_embeddings: number;
  embedding_dim: number;
}>;

/** Everything else with parameters: norms, convolutions, routers that are bare parameters, sinks, `A_log` ... */
export type OtherModule = Readonly<{
  kind: "other";
  name: string;
  isNorm: boolean;
  tensors: readonly ParameterTensor[];
}>;

export type Module = LinearModule | ExpertsModule | EmbeddingModule | OtherModule;

/** Layers that hold the same modules, how many of them there are, and which of the model's these are where they come in turns. */
export type LayerLayout = Readonly<{
  kind: string;
  count: number;
  at?: readonly number[];
  modules: readonly Module[];
}>;

/** All parameters of a model, module by module, as its modelling code creates them. */
export type ModelLayout = Readonly<{
  embeddings: readonly Module[];
  layers: readonly LayerLayout[];
  /** What comes after the last layer: the final norm, projections out of it. */
  final: readonly Module[];
  /** The output head as created; `tied` when its weight is the embedding's (counted once, there). */
  head: Readonly<{ module: LinearModule; tied: boolean }>;
  /** Names that mean fused experts in this family, whether this model has any or not. @see fusedNames */
  renamed?: readonly string[];
}>;

/** The presets of LoRA target modules. */
export const TARGET_PRESETS = ["q-v", "attention", "attention-mlp", "all-linear"] as const;
export type TargetPreset = (typeof TARGET_PRESETS)[number];
