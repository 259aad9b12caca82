import type { Families } from "#calc/families/families.ts";
import type { ModelLayout } from "#calc/model/layout.ts";
import type { StepOptions } from "#calc/model/options/step-options.ts";
import type { Tuners } from "#calc/modules/tuners/tuner-of.ts";
import type { Objectives } from "#calc/modules/objectives/objective-of.ts";
import type { Optimizers } from "#calc/optimizers/optimizer-of.ts";
import type { ActivationHooks } from "#calc/tape/tape.ts";
import type { Tape } from "#calc/tape/tape.ts";

/** Hooks that keep some activations in checkpoints or offload them; null where activations are only kept or recomputed. */
export type MakeActivationHooks = (tape: Tape, options: StepOptions, layout: ModelLayout) => ActivationHooks | null;

/** The code that an engine was created with, as far as the step of one GPU runs it. */
export type Code = Readonly<{
  families: Families;
  optimizers: Optimizers;
  tuners: Tuners;
  objectives: Objectives;
  /** null: activations are only kept or recomputed. */
  activations: MakeActivationHooks | null;
}>;
