import type { Refused } from "#calc/model/asked-division.ts";
import type { Architecture } from "#calc/model/architecture.ts";
import type { Lora, MethodId } from "#calc/model/scenario.ts";
import { ENGINE } from "#calc/whole-engine.ts";
import { answerTargets } from "./answer-targets.ts";
import { askedAdapters } from "./asked-adapters.ts";
import { askedTuner } from "./asked-tuner.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import { type AdaptingMethod, adaptingMethod } from "./adapting-method.ts";
import { eachMethod } from "./each-method.ts";

/** What a method's tuner is run beside, and why that is something else than was asked for; null: it is not. */
type CheckedTargets = Readonly<{
  asked: Lora["target_modules"];
  target_modules: Lora["target_modules"];
  why: string | null;
}>;

const checkedTargets = (choices: Choices, architecture: Architecture, method: AdaptingMethod): CheckedTargets => {
  const adapters = askedAdapters(choices, architecture, askedTuner(choices, architecture)[method]);
  const asked = adapters.method.lora.target_modules;
  const whole = ENGINE.wholeTargets(adapters);
  if (whole === null) return { asked, target_modules: asked, why: null };
  const { names, why } = whole;
  return { asked, target_modules: names.length === 0 ? answerTargets("all-linear", architecture) : names, why };
};

/** What the tuner of a method is run beside: what the targets are on this model, as far as the library can run all of these names. */
export const askedTargets = (choices: Choices, architecture: Architecture, method: MethodId): Lora["target_modules"] =>
  checkedTargets(choices, architecture, adaptingMethod(method)).target_modules;

/** Targets that a library cannot run as they are named. */
export const refusedTargets = (choices: Choices, architecture: Architecture): readonly Refused[] =>
  eachMethod(
    choices,
    (method) => {
      const { asked, target_modules, why } = checkedTargets(choices, architecture, method);
      if (why === null) return null;
      const value = typeof choices.targets === "string" ? choices.targets : String(asked);
      return { key: "targets", value, used: String(target_modules), why };
    },
    (name) => `so ${name} has others`,
  );
