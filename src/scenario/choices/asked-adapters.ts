import type { Architecture } from "#calc/model/architecture.ts";
import type { AskedAdapters } from "#calc/model/asked-adapters.ts";
import type { Lora, Method } from "#calc/model/scenario.ts";
import { ENGINE } from "#calc/whole-engine.ts";
import { answerTargets } from "./answer-targets.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import { consequences, stackOf } from "./resolve-stack.ts";

/** Adapters beside a base of 16 bits. */
export type AskedLora = AskedAdapters & Readonly<{ method: Extract<Method, { kind: "lora" }> }>;

/** Said where names find modules alone, of a model whose fused experts they mean elsewhere. */
export const ofModules = (choices: Choices, architecture: Architecture): Pick<Lora, "target_parameters"> =>
  stackOf(choices).adaptsExperts === false && ENGINE.fusedNames(architecture).size > 0 ? { target_parameters: [] } : {};

/** What the choices ask of a tuner, before anything of it is refused. */
export const askedAdapters = (choices: Choices, architecture: Architecture, tuner: Choices["tuner"]): AskedLora => {
  const { modelling = "transformers" } = stackOf(choices);
  const { r, dropout, save, targets } = choices;
  return {
    architecture,
    modelling,
    method: {
      kind: "lora",
      lora: {
        tuner,
        r,
        lora_alpha: consequences(choices).alpha,
        lora_dropout: dropout,
        target_modules: answerTargets(targets, architecture),
        use_dora: false,
        modules_to_save: save,
        // PEFT asks nowhere how they are kept.
        adapters: "fp32",
        ...ofModules(choices, architecture),
      },
    },
  };
};
