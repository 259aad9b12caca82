import type { Refused } from "#calc/model/asked-division.ts";
import { hasDropout, isUnquantized, learnsPrompt } from "#calc/model/tuner-id.ts";
import type { Architecture } from "#calc/model/architecture.ts";
import type { Quantization } from "#calc/model/scenario.ts";
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
const KNOWS_LORA_ALONE = /^(article|axolotl|torchtitan)/;

/** What a prompt is not counted beside. */
const whyNotPrompt = ({ gpus, offload, packing, save }: Choices): string | null => {
  if (gpus > 1 || offload === "all") return "is counted on one GPU alone, with its parameters on it";
  if (!packing) return "is counted for packed rows alone";
  return save.length === 0 ? null : "has no modules_to_save in PEFT";
};

/** LLaMA-Factory has OFT beside LoRA, and no other. @see LLaMA-Factory 0.9.4: src/llamafactory/extras/constants.py, `PEFT_METHODS` (LoRA alone in 0.9.3) */
const LLAMA_FACTORY = /^llama-factory/;

const hasTuner = ({ stack, tuner }: Choices): boolean =>
  !KNOWS_LORA_ALONE.test(stack) && (tuner === "oft" || !LLAMA_FACTORY.test(stack));

/** @param quantization how the base is quantised; null: in 16 bits */
const whyNot = (choices: Choices, architecture: Architecture, quantization: Quantization | null): string | null => {
  if (!hasTuner(choices)) return "is nothing that this library has";
  const notBeside = learnsPrompt(choices) ? whyNotPrompt(choices) : null;
  if (notBeside !== null) return notBeside;
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
    quantization,
    tp_size: askedDivision(choices, architecture).division?.tp_size ?? 1,
  });
};

const whyNotQuantized = (choices: Choices, architecture: Architecture): string | null =>
  isUnquantized(choices.tuner)
    ? "has nothing in PEFT for a quantised base"
    : whyNot(choices, architecture, chosenQuantization(choices));

/** What is said of QLoRA, where it is shown. */
const ofQlora = ({ tuner, show }: Choices, why: string | null): readonly Refused[] =>
  why !== null && show.includes("qlora")
    ? [{ key: "tuner", value: tuner, used: "lora", why: `${why}, so QLoRA goes without it` }]
    : [];

const ofDora = ({ tuner, dora }: Choices): readonly Refused[] =>
  dora ? [{ key: "dora", value: "1", used: "0", why: `belongs to tuner=lora, and tuner is ${tuner}` }] : [];

const ofDropout = ({ tuner, dropout }: Choices): readonly Refused[] =>
  dropout === 0 || hasDropout(tuner)
    ? []
    : [{ key: "dropout", value: String(dropout), used: "0", why: `is of an adapter’s input, and ${tuner} has none` }];

/**
 * The tuner of both methods that have one: as it is asked where PEFT runs it beside a base of 16 bits, else LoRA. A tuner that PEFT has not beside the
 * quantised base is LoRA with QLoRA alone. DoRA is LoRA's alone.
 */
export const askedTuner = (choices: Choices, architecture: Architecture): CheckedTuner => {
  const { tuner, dora } = choices;
  if (tuner === "lora") return { lora: tuner, qlora: tuner, dora, refused: [] };
  const why = whyNot(choices, architecture, null);
  if (why !== null)
    return { lora: "lora", qlora: "lora", dora, refused: [{ key: "tuner", value: tuner, used: "lora", why }] };
  const notQuantized = whyNotQuantized(choices, architecture);
  return {
    lora: tuner,
    qlora: notQuantized === null ? tuner : "lora",
    dora: false,
    refused: [...ofQlora(choices, notQuantized), ...ofDora(choices), ...ofDropout(choices)],
  };
};
