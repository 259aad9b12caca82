import { activationHooksOf } from "./activations/activation-hooks-of.ts";
import { createEngine, type Engine, type Knowledge } from "./engine.ts";
import { ALL_FAMILIES } from "./families/all-families.ts";
import { ALL_MODELLINGS } from "./families/all-modellings.ts";
import { ALL_OBJECTIVES } from "./modules/objectives/all-objectives.ts";
import { ALL_TUNERS } from "./modules/tuners/all-tuners.ts";
import { ALL_OPTIMIZERS } from "./optimizers/all-optimizers.ts";
import { ALL_STRATEGIES } from "./parallel/all-strategies.ts";

/** All that there is. This file alone knows it, and nothing in `calc` imports it. */
export const EVERYTHING: Knowledge = {
  families: ALL_FAMILIES,
  modellings: ALL_MODELLINGS,
  optimizers: ALL_OPTIMIZERS,
  strategies: ALL_STRATEGIES,
  activations: activationHooksOf,
  tuners: ALL_TUNERS,
  objectives: ALL_OBJECTIVES,
};

/** The engine that knows everything. */
export const ENGINE: Engine = createEngine(EVERYTHING);
