import type { Refused } from "#calc/model/asked-division.ts";
import type { Architecture } from "#calc/model/architecture.ts";
import { ENGINE } from "#calc/whole-engine.ts";
import { answerTargets } from "./answer-targets.ts";
import { askedDivision } from "./asked-division.ts";
import type { Choices } from "./choices.ts";
import { chosenQuantization } from "./chosen-quantization.ts";
import { consequences, stackOf } from "./resolve-stack.ts";

/** The tuner that is run, and which choices of it do not go with the others. */
export type CheckedTuner = Pick<Choices, "tuner" | "dora"> & Readonly<{ refused: readonly Refused[] }>;

/** Libraries that hand PEFT a `LoraConfig` and no other, or know no adapters, and the article's rule of thumb. */
const KNOWS_LORA_ALONE = /^(article|axolotl|llama-factory|torchtitan)/;

const whyNot = (choices: Choices, architecture: Architecture): string | null => {
  if (KNOWS_LORA_ALONE.test(choices.stack)) return "is nothing that this library has";
  const { alpha } = consequences(choices);
  const { tuner, r, dropout, save } = choices;
  return ENGINE.whyNotTuner({
    architecture,
    lora: {
      tuner,
      r,
      lora_alpha: alpha,
      lora_dropout: dropout,
      target_modules: answerTargets(choices.targets, architecture),
      use_dora: false,
      modules_to_save: save,
      // PEFT asks nowhere how they are kept.
      adapters: "fp32",
    },
    modelling: stackOf(choices).modelling ?? "transformers",
    quantization: chosenQuantization(choices),
    tp_size: askedDivision(choices, architecture).division?.tp_size ?? 1,
  });
};

/** The tuner of both methods that have one: as it is asked where PEFT runs it beside a base of 16 bits and a quantised one, else LoRA. DoRA is LoRA's alone. */
export const askedTuner = (choices: Choices, architecture: Architecture): CheckedTuner => {
  const { tuner, dora } = choices;
  if (tuner === "lora") return { tuner, dora, refused: [] };
  const why = whyNot(choices, architecture);
  if (why !== null) return { tuner: "lora", dora, refused: [{ key: "tuner", value: tuner, used: "lora", why }] };
  return {
    tuner,
    dora: false,
    refused: dora ? [{ key: "dora", value: "1", used: "0", why: `belongs to tuner=lora, and tuner is ${tuner}` }] : [],
  };
};
