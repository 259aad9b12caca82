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
