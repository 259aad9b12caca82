// All families, optimizers, tuners, objectives and strategies, to create an engine with.

import { activationHooksOf } from "./activations/activation-hooks.ts";
import type { Knowledge } from "./engine.ts";
import { ALL_FAMILIES } from "./families/all-families.ts";
import { ALL_MODELLINGS } from "./families/all-modellings.ts";
import { ALL_OBJECTIVES } from "./modules/objectives/all-objectives.ts";
import { ALL_TUNERS } from "./modules/tuners/all-tuners.ts";
import { ALL_OPTIMIZERS } from "./optimizers/all-optimizers.ts";
import { ALL_STRATEGIES } from "./parallel/all-strategies.ts";

/** All that there is. The whole engine alone is handed it. */
export const EVERYTHING: Knowledge = {
  families: ALL_FAMILIES,
  modellings: ALL_MODELLINGS,
  optimizers: ALL_OPTIMIZERS,
  strategies: ALL_STRATEGIES,
  activations: activationHooksOf,
  tuners: ALL_TUNERS,
  objectives: ALL_OBJECTIVES,
};
