import type { Refused } from "#calc/model/asked-division.ts";
import { isUnquantized, learnsPrompt } from "#calc/model/tuner-id.ts";
import type { Architecture } from "#calc/model/architecture.ts";
import type { Quantization } from "#calc/model/scenario.ts";
import { ENGINE } from "#calc/whole-engine.ts";
import { adaptsFused, BESIDE_FUSED } from "./adapts-fused.ts";
import { askedAdapters } from "./asked-adapters.ts";
import { askedDivision } from "./asked-division.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import { chosenQuantization } from "./chosen-quantization.ts";

/** The tuner that is run: beside a base of 16 bits, and with QLoRA; and which choices of it do not go with the others. */
export type CheckedTuner = Readonly<{
  lora: Choices["tuner"];
  qlora: Choices["tuner"];
  /** DoRA is LoRA's: not beside another tuner, nor beside fused experts. */
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
  const { method, modelling } = askedAdapters(choices, architecture, choices.tuner);
  return ENGINE.whyNotTuner({
    architecture,
    lora: method.lora,
    modelling,
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

/**
 * DoRA of LoRA: none where adapters stand beside fused experts.
 *
 * @see peft@0.21.2:tuners/lora/layer.py, `ParamWrapper.__init__` ("does not work with use_dora=True")
 */
const doraOfLora = (choices: Choices, architecture: Architecture): Pick<CheckedTuner, "dora" | "refused"> => {
  const { dora, show } = choices;
  if (!dora || !adaptsFused(choices, architecture, "lora")) return { dora, refused: [] };
  const isShown = show.some((method) => method !== "full");
  return { dora: false, refused: isShown ? [{ key: "dora", value: "1", used: "0", why: BESIDE_FUSED }] : [] };
};

/**
 * The tuner of both methods that have one: as it is asked where PEFT runs it beside a base of 16 bits, else LoRA. A tuner that PEFT has not beside the
 * quantised base is LoRA with QLoRA alone. DoRA is LoRA's alone, and not beside fused experts.
 */
export const askedTuner = (choices: Choices, architecture: Architecture): CheckedTuner => {
  const { tuner } = choices;
  const why = tuner === "lora" ? null : whyNot(choices, architecture, null);
  if (tuner === "lora" || why !== null) {
    const { dora, refused } = doraOfLora(choices, architecture);
    const ofTuner = why === null ? [] : [{ key: "tuner", value: tuner, used: "lora", why }];
    return { lora: "lora", qlora: "lora", dora, refused: [...ofTuner, ...refused] };
  }
  const notQuantized = whyNotQuantized(choices, architecture);
  return {
    lora: tuner,
    qlora: notQuantized === null ? tuner : "lora",
    dora: false,
    refused: [...ofQlora(choices, notQuantized), ...ofDora(choices)],
  };
};
