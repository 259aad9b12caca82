import type { Architecture } from "#calc/model/architecture.ts";
import { ENGINE } from "#calc/whole-engine.ts";
import { askedAdapters } from "./asked-adapters.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import { stackOf } from "./resolve-stack.ts";

/** Whether a tuner stands beside fused experts or their router, where the article's rule of thumb is not asked: PEFT has neither dropout nor DoRA there. */
export const adaptsFused = (choices: Choices, architecture: Architecture, tuner: Choices["tuner"]): boolean =>
  stackOf(choices).accounting === "training-step" &&
  ENGINE.adaptedParameters(askedAdapters(choices, architecture, tuner)).length > 0;
