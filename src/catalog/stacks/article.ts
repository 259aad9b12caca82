// Defaults of the article's rule of thumb, and the article that it quotes.

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

/**
 * The article whose figures are quoted beside the engine's: full fine-tuning, LoRA and QLoRA compared.
 *
 * Told by its text: 2 + 8 + 2 bytes for each parameter, 84 GB for 7B, about 13M parameters of LoRA, and its choice of methods in seven lines. Retrieved
 * 2026-11-27.
 */
export const QUOTED_ARTICLE = {
  title: "LoRA vs QLoRA vs Full Fine-Tuning: Which Approach Should You Use?",
  by: "Flash Attention Team",
  published: "8 January 2026",
  url: "https://flashattn.dev/blog/lora-vs-qlora-vs-full-fine-tuning",
} as const;
