import type { Refused } from "#calc/model/asked-division.ts";
import { hasDropout, isUnquantized } from "#calc/model/tuner-id.ts";
import type { Architecture } from "#calc/model/architecture.ts";
import { ENGINE } from "#calc/whole-engine.ts";
import { answerTargets } from "./answer-targets.ts";
import { askedDivision } from "./asked-division.ts";
import type { Choices } from "./choices.ts";
import { chosenQuantization } from "./chosen-quantization.ts";
import { consequences, stackOf } from "./resolve-stack.ts";

/** The tuner that is run: beside a base of 16 bits, and with QLoRA; and which choices of it do not go with the others. */
export type CheckedTuner = Readonly<{
  lora: Choices["tuner"];
  qlora: Choices["tuner"];
  /** DoRA is LoRA's: not beside another tuner. */
  dora: boolean;
  refused: readonly Refused[];
}>;

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
    quantization: isUnquantized(tuner) ? null : chosenQuantization(choices),
    tp_size: askedDivision(choices, architecture).division?.tp_size ?? 1,
  });
};

/** What is said of QLoRA, where it is shown, beside a tuner that has no quantised base. */
const ofQlora = ({ tuner, show }: Choices): readonly Refused[] =>
  isUnquantized(tuner) && show.includes("qlora")
    ? [
        {
          key: "tuner",
          value: tuner,
          used: "lora",
          why: "has nothing in PEFT for a quantised base, so QLoRA goes without it",
        },
      ]
    : [];

const ofDora = ({ tuner, dora }: Choices): readonly Refused[] =>
  dora ? [{ key: "dora", value: "1", used: "0", why: `belongs to tuner=lora, and tuner is ${tuner}` }] : [];

const ofDropout = ({ tuner, dropout }: Choices): readonly Refused[] =>
  dropout === 0 || hasDropout(tuner)
    ? []
    : [{ key: "dropout", value: String(dropout), used: "0", why: `is of an adapter’s input, and ${tuner} has none` }];

/**
 * The tuner of both methods that have one: as it is asked where PEFT runs it beside a base of 16 bits and a quantised one, else LoRA. A tuner that PEFT has
 * beside no quantised base is LoRA with QLoRA alone. DoRA is LoRA's alone.
 */
export const askedTuner = (choices: Choices, architecture: Architecture): CheckedTuner => {
  const { tuner, dora } = choices;
  if (tuner === "lora") return { lora: tuner, qlora: tuner, dora, refused: [] };
  const why = whyNot(choices, architecture);
  if (why !== null)
    return { lora: "lora", qlora: "lora", dora, refused: [{ key: "tuner", value: tuner, used: "lora", why }] };
  return {
    lora: tuner,
    qlora: isUnquantized(tuner) ? "lora" : tuner,
    dora: false,
    refused: [...ofQlora(choices), ...ofDora(choices), ...ofDropout(choices)],
  };
};
