// A family of models, and every fact that it states about each of its model types, or why the fact is missing.

import type { Architecture, ConfigFacts } from "#calc/model/architecture.ts";
import type { ModelLayout, TargetPreset } from "#calc/model/layout.ts";
import type { OlderLayer } from "./transformers4-layers.ts";
import type { Forward } from "#calc/modules/forward.ts";
import type { ModellingId } from "#calc/model/scenario.ts";

/** All parameters of a model, module by module, as its modelling code creates them. */
export type Layout = (architecture: Architecture) => ModelLayout;

/** All facts of a family, from its folder. */
export type Family = Readonly<{
  /** The `model_type`s that run this code, and the facts of each. */
  model_types: Readonly<Record<string, ModelType>>;
  layout: Layout;
  /** Module names of each preset; null where the family does not offer it (q, v on latent attention). `all-linear` is every linear but the head. */
  targets: Readonly<Record<Exclude<TargetPreset, "all-linear">, readonly string[] | null>>;
  /** Last parts of the names of linears that PEFT refuses to adapt in this family. `all-linear` is then the list of the other linears. */
  refused: readonly string[] | None;
}>;

/** A kind of reference run: one GPU's step, ranks that divide one model, or share out its experts, LitGPT's own step. */
export type HeldRun = "step" | "tensor parallel" | "sequence parallel" | "Ulysses" | "expert parallel" | "LitGPT";

/** The reference runs that a type was held against, or the type whose code and runs it shares. */
type HeldAgainst = Readonly<{ runs: readonly HeldRun[] }> | Readonly<{ as: string }>;

/** All that is known of a `model_type`. Every fact is decided: where one is missing, `None` says why. */
export type ModelType = Readonly<{
  /** Its name in a sentence. */
  name: string;
  /** Its forward pass in transformers 5, or in the library whose type it is. */
  forward: Forward;
  /** How ranks divide its matrices. */
  tensorParallel: TensorPlan | None;
  /** Whether ranks can divide its sequences as PyTorch's ring does. */
  contextParallel: true | None;
  /** Whether ranks can share out its heads as DeepSpeed's Ulysses does. */
  ulysses: true | None;
  /** Whether ranks can divide its layers. */
  pipeline: true | None;
  /** Its layer in transformers 4. */
  transformers4: OlderLayer | None;
  /** Whether torchtune's decoder is this type. */
  torchtune: true | None;
  /** Whether Unsloth's own layer, written for Llama, is run for it. */
  unsloth: true | None;
  /** Whether Liger's kernels are written down for it: they stand in for its norms, its gated MLP and its rotary embedding. */
  liger: true | None;
  /** Why transformers has no SDPA for it: where no kernel is named it runs eager attention. Absent: it has. */
  withoutSdpa?: string;
  /** The fields that its config.json may leave out. */
  config: ConfigFacts | None;
  heldAgainst: HeldAgainst | None;
  /** In which way its step is not exact, in words for the page. */
  approximation: string | None;
}>;

/** A fact that there is none of, and why: a sentence. */
export type None = Readonly<{ none: string }>;

/** Whether a fact is that there is none. */
export const isNone = (fact: unknown): fact is None => typeof fact === "object" && fact !== null && "none" in fact;

/** A fact, or undefined where there is none. */
export const knownFact = <Fact>(fact: Fact | None | undefined): Fact | undefined => (isNone(fact) ? undefined : fact);

/** A part of every layer that is cut: heads of attention, the width of MLPs, of experts, of the shared expert. */
export type Cut = "heads" | "mlp" | "experts" | "shared";

/**
 * How ranks divide the layers of a type of model. Every plan divides embedding and head by the vocabulary.
 *
 * - `cuts`: a pair of matrices, the first cut by columns and the second by rows. Between them tensors are divided: heads, or the width of an MLP.
 * - `gathers` and `splits`: single matrices, whose inputs and outputs are whole.
 */
export type TensorPlan = Readonly<{
  cuts: readonly Cut[];
  /** Matrices that are cut by columns, and whose outputs are gathered at once (`colwise_gather_output`). */
  gathers?: readonly string[];
  /** Matrices that are cut by rows, and that take their share of a whole input (`rowwise_split_input`). */
  splits?: readonly string[];
  /** A projection that is whole, though divided heads share a part of its output (`mla_kv_a_proj`). */
  shares?: string;
  /** Set where the head is whole on every rank. */
  head?: "whole";
}>;

/** The code of a model type: its family's parameters, its forward pass, and what else is known of it. */
export type Modelling = Readonly<{ family: Family; forward: Forward; type: ModelType }>;

/** Makes other modelling code from that of transformers 5. */
export type OtherModelling = (modelling: Modelling) => Forward;

/** The modelling code of older versions of transformers and of other libraries, by its name. */
export type OtherModellings = Readonly<Partial<Record<ModellingId, OtherModelling>>>;
