import type { ModelType, None } from "./model-type.ts";
import type { Architecture } from "#calc/model/architecture.ts";
import type { ModelLayout, TargetPreset } from "#calc/model/layout.ts";

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
