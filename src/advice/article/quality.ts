/** Quality by rank as the article prints it, for a 7B model: MMLU in per cent, MT-Bench of ten. `r` null: full fine-tuning. */
export const QUALITY_BY_RANK = [
  { r: 4, mmlu: 44.2, mtBench: 6.1 },
  { r: 8, mmlu: 45.8, mtBench: 6.3 },
  { r: 16, mmlu: 46.9, mtBench: 6.4 },
  { r: 32, mmlu: 47.4, mtBench: 6.5 },
  { r: 64, mmlu: 47.8, mtBench: 6.6 },
  { r: 128, mmlu: 48.0, mtBench: 6.7 },
  { r: null, mmlu: 48.3, mtBench: 6.8 },
] as const;

/** MT-Bench by method and size (LLaMA 7B, 13B, 70B), as the article prints it. */
export const QUALITY_BY_METHOD = [
  { label: "Base", mtBench: [4.2, 5.1, 6.3] },
  { label: "Full", mtBench: [6.8, 7.2, 7.9] },
  { label: "LoRA, r = 64", mtBench: [6.6, 7.0, 7.7] },
  { label: "LoRA, r = 16", mtBench: [6.4, 6.8, 7.5] },
  { label: "QLoRA, r = 64", mtBench: [6.5, 6.9, 7.6] },
] as const;

/** The sizes of `QUALITY_BY_METHOD`. */
export const QUALITY_SIZES = ["7B", "13B", "70B"] as const;
