import type { METHOD } from "#scenario/keys/methods.ts";
import type { WordsOf } from "./key-words.ts";
import { METHOD_NAMES } from "./method-names.ts";

const LABELS = {
  full: METHOD_NAMES.full.label,
  lora: METHOD_NAMES.lora.label,
  qlora: METHOD_NAMES.qlora.label,
};

export const METHOD_WORDS = {
  method: { label: "Method", difference: "method", values: LABELS, inSentence: LABELS },
  show: { label: "Methods shown", difference: null, values: LABELS },
} satisfies WordsOf<typeof METHOD>;
