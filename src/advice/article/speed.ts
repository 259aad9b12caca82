import type { MethodId } from "#calc/model/scenario.ts";

/** Samples a second of LLaMA-7B on one GPU as the article prints them; null: "OOM". */
export type QuotedSpeed = Readonly<{ label: string; gpu: string; samples: Readonly<Record<MethodId, number | null>> }>;

/** The article's training speed by GPU and method. Quoted: this engine says nothing of speed, but whether "OOM" is right. */
export const SPEED: readonly QuotedSpeed[] = [
  { label: "A100 80GB", gpu: "a100-80gb-sxm", samples: { full: 12.4, lora: 18.2, qlora: 14.1 } },
  { label: "RTX 4090", gpu: "rtx-4090", samples: { full: null, lora: 8.6, qlora: 7.2 } },
  { label: "A6000 48GB", gpu: "rtx-a6000", samples: { full: null, lora: 10.4, qlora: 9.8 } },
];

/** The model of those figures. */
export const SPEED_PARAMS = 7e9;
