import type { MethodId } from "#calc/model/scenario.ts";

/** Cards that the article calls enough: how many of which, by an id of the catalog. */
export type QuotedCards = Readonly<{ text: string; gpu: string; gpus: number }>;

export type MinimumGpus = Readonly<{ label: string; params: number; cards: Readonly<Record<MethodId, QuotedCards>> }>;

const cards = (text: string, gpu: string, gpus = 1): QuotedCards => ({ text, gpu, gpus });

/** The article's smallest hardware by model size, as it prints it. Quoted: by its own accounting 84 GB does not fit in 80, nor 840 in 8 × 80. */
export const MINIMUM_GPUS: readonly MinimumGpus[] = [
  {
    label: "7B",
    params: 7e9,
    cards: {
      full: cards("A100 80GB", "a100-80gb-sxm"),
      lora: cards("RTX 4090", "rtx-4090"),
      qlora: cards("RTX 3080", "rtx-3080-10gb"),
    },
  },
  {
    label: "13B",
    params: 13e9,
    cards: {
      full: cards("2x A100", "a100-80gb-sxm", 2),
      lora: cards("A100 40GB", "a100-40gb-sxm"),
      qlora: cards("RTX 4090", "rtx-4090"),
    },
  },
  {
    label: "70B",
    params: 70e9,
    cards: {
      full: cards("8x A100", "a100-80gb-sxm", 8),
      lora: cards("2x A100", "a100-80gb-sxm", 2),
      qlora: cards("A6000 48GB", "rtx-a6000"),
    },
  },
];
