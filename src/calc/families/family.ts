import type { ModelType } from "./model-type.ts";
import type { None } from "./none.ts";
import type { Architecture } from "#calc/model/architecture.ts";
import type { ModelLayout, TargetPreset } from "#calc/model/layout.ts";

/** All parameters of a model, module by module, as its modelling code creates them. */
export type Layout = (architecture: Architecture) => ModelLayout;

/** What a family's folder says. */
export type Family = Readonly<{
  /** The `model_type`s whose modelling code this is, and what is known of each. */
  model_types: Readonly<Record<string, ModelType>>;
  layout: Layout;
  /** Module names of each preset; null where the family does not offer it (q, v on latent attention). `all-linear` is every linear but the head. */
  targets: Readonly<Record<Exclude<TargetPreset, "all-linear">, readonly string[] | null>>;
  /** Last parts of module names that PEFT refuses to adapt in this family: `all-linear` is then a list without them. */
  refused: readonly string[] | None;
}>;
