/** One parameter tensor, named as in the modelling code. */
export type ParameterTensor = Readonly<{ name: string; shape: readonly number[] }>;

/** Which part of a layer a module belongs to: what the presets of LoRA targets choose by. */
export type Part = "attention" | "mlp" | "mixer" | "router" | "head";

/** An `nn.Linear` (or GPT-2's `Conv1D`): what bitsandbytes quantises and LoRA adapts, the output head apart. */
export type LinearModule = Readonly<{
  kind: "linear";
  /** Last part of the module's path, as LoraConfig.target_modules matches it: `q_proj`. */
  name: string;
  in_features: number;
  out_features: number;
  bias: boolean;
  part: Part;
}>;

/** Experts fused into 3-D parameters (transformers 5): never quantised by bitsandbytes; adapted by PEFT only for some families. */
export type ExpertsModule = Readonly<{
  kind: "experts";
  name: string;
  num_experts: number;
  tensors: readonly ParameterTensor[];
  /**
   * The fused matrices that PEFT 0.21 adapts under `all-linear`, each `num_experts` times; empty where it adapts none.
   * `rankFactor` 2 for gate_up (two matrices in one), 1 for down.
   */
  adapted: readonly Readonly<{ name: string; in_features: number; out_features: number; rankFactor: number }>[];
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

/** Layers that hold the same modules, and how many of them there are. */
export type LayerLayout = Readonly<{ kind: string; count: number; modules: readonly Module[] }>;

/** All parameters of a model, module by module, as its modelling code creates them. */
export type ModelLayout = Readonly<{
  embeddings: readonly Module[];
  layers: readonly LayerLayout[];
  /** What comes after the last layer: the final norm, projections out of it. */
  final: readonly Module[];
  /** The output head as created; `tied` when its weight is the embedding's (counted once, there). */
  head: Readonly<{ module: LinearModule; tied: boolean }>;
}>;

/** The presets of LoRA target modules. */
export const TARGET_PRESETS = ["q-v", "attention", "attention-mlp", "all-linear"] as const;
export type TargetPreset = (typeof TARGET_PRESETS)[number];

/** What a family's file says. */
export type Family = Readonly<{
  /** The `model_type`s whose modelling code this is. */
  model_types: readonly string[];
  layout: (architecture: import("../architecture.ts").Architecture) => ModelLayout;
  /** Module names of each preset; null where the family does not offer it (q, v on latent attention). `all-linear` is every linear but the head. */
  targets: Readonly<Record<Exclude<TargetPreset, "all-linear">, readonly string[] | null>>;
}>;
