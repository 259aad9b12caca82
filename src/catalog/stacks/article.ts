import { type StackRow, withoutTrainer } from "#catalog/stack-row.ts";
import { TRANSFORMERS } from "./transformers.ts";

/**
 * The rule of thumb of the article (`QUOTED_ARTICLE`): weights 2, gradients 2, AdamW states 8 B per trained parameter, a 4-bit base
 * 0.5 B per parameter, no activations. Only its accounting is computed; its own rounded figures are quoted elsewhere.
 */
export const ARTICLE: StackRow = {
  ...withoutTrainer(TRANSFORMERS),
  name: "Article: 12 bytes per parameter",
  accounting: "bytes-per-parameter",
  weights: 2,
  gradients: 2,
  optimizerStates: 8,
  autocast: false,
  adapters: { lora: 2, qlora: 2 },
  kbitPreparation: "none",
  quantizedBytesPerParameter: 0.5,
};
