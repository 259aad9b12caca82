import type { LORA } from "#scenario/keys/lora.ts";
import type { WordsOf } from "./key-words.ts";

const TUNERS = {
  lora: "LoRA",
  vera: "VeRA",
  ia3: "IA3",
  lorafa: "LoRA-FA",
  loha: "LoHa",
  lokr: "LoKr",
  oft: "OFT",
  vblora: "VB-LoRA",
  adalora: "AdaLoRA",
  prompt_tuning: "Prompt tuning",
};

export const LORA_WORDS = {
  alpha: { label: "Alpha", difference: "alpha" },
  dropout: { label: "Dropout", difference: "dropout" },
  dora: { label: "DoRA", difference: "DoRA" },
  tuner: { label: "Tuner", difference: "tuner", values: TUNERS, inSentence: TUNERS },
  save: { label: "Modules to save", difference: "modules saved whole" },
} satisfies WordsOf<typeof LORA>;
