import type { Architecture } from "#calc/model/architecture.ts";
import type { ModelLayout, TargetPreset } from "#calc/model/layout.ts";
import type { Forward } from "#calc/modules/forward.ts";

/** What a family's file says. */
export type Family = Readonly<{
  /** The `model_type`s whose modelling code this is. */
  model_types: readonly string[];
  layout: (architecture: Architecture) => ModelLayout;
  /** Module names of each preset; null where the family does not offer it (q, v on latent attention). `all-linear` is every linear but the head. */
  targets: Readonly<Record<Exclude<TargetPreset, "all-linear">, readonly string[] | null>>;
  /** The forward pass, where all its types share one that is written in the same file. */
  forward?: Forward;
  /** Last parts of module names that PEFT refuses to adapt in this family: `all-linear` is then a list without them. */
  refused?: readonly string[];
}>;
