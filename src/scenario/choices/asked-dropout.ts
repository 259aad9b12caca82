import type { Refused } from "#calc/model/asked-division.ts";
import type { Architecture } from "#calc/model/architecture.ts";
import { ENGINE } from "#calc/whole-engine.ts";
import { answerTargets } from "./answer-targets.ts";
import { askedTuner } from "./asked-tuner.ts";
import type { Choices } from "./choices.ts";
import { stackOf } from "./resolve-stack.ts";

/** The dropout of adapters' inputs, and why it is another than was asked for. */
export type CheckedDropout = Readonly<{ dropout: number; refused: readonly Refused[] }>;

/** Whether PEFT's LoRA stands beside parameters of experts. Other libraries, and version 4 of transformers, have other adapters there. */
const adaptsExperts = (choices: Choices, architecture: Architecture): boolean => {
  const { modelling = "transformers", accounting, adaptsExperts: isAsked } = stackOf(choices);
  if (modelling !== "transformers" || accounting !== "training-step" || isAsked === false) return false;
  const { lora, dora } = askedTuner(choices, architecture);
  if (lora !== "lora" || dora) return false;
  const targets = answerTargets(choices.targets, architecture);
  return ENGINE.adaptedParameters(architecture).some(
    ({ names }) => targets === "all-linear" || names.some((name) => targets.includes(name)),
  );
};

/**
 * Dropout as it is asked for, but none where adapters stand beside fused experts: PEFT stops there, and so does Axolotl.
 *
 * @see peft@0.21.2:tuners/lora/layer.py, `ParamWrapper.__init__` ("does not work with lora_dropout != 0");
 *   axolotl@067b021c:src/axolotl/utils/schemas/peft.py, `validate_lora_target_parameters_dropout`
 */
export const askedDropout = (choices: Choices, architecture: Architecture): CheckedDropout => {
  const { dropout, show } = choices;
  const isAsked = dropout > 0 && show.some((method) => method !== "full");
  if (!isAsked || !adaptsExperts(choices, architecture)) return { dropout, refused: [] };
  const why = "is refused by PEFT beside adapters on fused experts";
  return { dropout: 0, refused: [{ key: "dropout", value: String(dropout), used: "0", why }] };
};
