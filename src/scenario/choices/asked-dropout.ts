import type { Refused } from "#calc/model/asked-division.ts";
import type { Architecture } from "#calc/model/architecture.ts";
import type { MethodId } from "#calc/model/scenario.ts";
import { hasDropout } from "#calc/model/tuner-id.ts";
import { adaptsFused, BESIDE_FUSED } from "./adapts-fused.ts";
import { askedTuner } from "./asked-tuner.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import { type AdaptingMethod, adaptingMethod } from "./adapting-method.ts";
import { eachMethod } from "./each-method.ts";

/**
 * Why a method's adapters have no dropout; null where they have it.
 *
 * @see peft@0.21.2:tuners/lora/layer.py, `ParamWrapper.__init__` ("does not work with lora_dropout != 0");
 *   axolotl@067b021c:src/axolotl/utils/schemas/peft.py, `validate_lora_target_parameters_dropout`;
 *   unsloth 2026.10.9, models/llama.py, `get_peft_model` (hands PEFT `lora_dropout` beside `target_parameters`)
 */
const whyNone = (choices: Choices, architecture: Architecture, method: AdaptingMethod): string | null => {
  if (choices.dropout === 0) return null;
  const tuner = askedTuner(choices, architecture)[method];
  if (!hasDropout(tuner)) return `is of an adapter’s input, and ${tuner} has none`;
  return adaptsFused(choices, architecture, tuner) ? BESIDE_FUSED : null;
};

/** The dropout of adapters' inputs as a method has it: as it is asked for, or none. */
export const askedDropout = (choices: Choices, architecture: Architecture, method: MethodId): number =>
  whyNone(choices, architecture, adaptingMethod(method)) === null ? choices.dropout : 0;

/** Dropout that was asked for in vain. */
export const refusedDropout = (choices: Choices, architecture: Architecture): readonly Refused[] =>
  eachMethod(choices, (method) => {
    const why = whyNone(choices, architecture, method);
    return why === null ? null : { key: "dropout", value: String(choices.dropout), used: "0", why };
  });
