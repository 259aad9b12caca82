// Figures and advice quoted from the article: memory, GPUs, quality by rank, training speed.

import type { MethodId } from "#calc/model/scenario.ts";
import type { TargetPreset } from "#calc/model/layout.ts";

/** One line of the article's table: a model size, and its training memory in GB (10^9 B) as printed. */
type ArticleRow = Readonly<{ label: string; params: number; gb: Readonly<Record<MethodId, string>> }>;

/**
 * Training memory by model size as the article (`QUOTED_ARTICLE`) prints it for full fine-tuning, LoRA (r = 16) and QLoRA, in GB. Quoted, never computed:
 * only the full column follows from its own 12 bytes per parameter (84, 156, 408, 840 exactly); the other two are rounded up by hand.
 */
export const ARTICLE_MEMORY: readonly ArticleRow[] = [
  { label: "7B", params: 7e9, gb: { full: "84+", lora: "16", qlora: "6" } },
  { label: "13B", params: 13e9, gb: { full: "156+", lora: "28", qlora: "10" } },
  { label: "34B", params: 34e9, gb: { full: "408+", lora: "72", qlora: "24" } },
  { label: "70B", params: 70e9, gb: { full: "840+", lora: "150", qlora: "42" } },
];

/** A line of the article's advice on methods: in what case, and what it says. */
type MethodChoice = Readonly<{ when: string; says: string; methods: readonly MethodId[] }>;

/** By hardware, each with cards that stand for it. */
export const BY_HARDWARE: readonly (MethodChoice & Readonly<{ gpus: readonly string[] }>)[] = [
  { when: "Consumer GPU, 16 to 24 GB", says: "QLoRA", methods: ["qlora"], gpus: ["rtx-4080", "rtx-4090"] },
  {
    when: "One A100 or H100",
    says: "LoRA, or full for 7B",
    methods: ["lora", "full"],
    gpus: ["a100-80gb-sxm", "h100-sxm"],
  },
  { when: "Several GPUs", says: "Full", methods: ["full"], gpus: [] },
];

/** By data, goal and circumstances. */
export const BY_CASE: readonly MethodChoice[] = [
  { when: "Under 5K examples", says: "LoRA", methods: ["lora"] },
  { when: "Over 50K examples", says: "Full", methods: ["full"] },
  { when: "Quick experiments", says: "QLoRA", methods: ["qlora"] },
  { when: "Production", says: "Full, or LoRA merged into the base", methods: ["full", "lora"] },
];

/** When the article chooses each method. */
export const CHOOSE_WHEN: Readonly<Record<MethodId, string>> = {
  full: "a big budget (8 or more A100), over 100K examples, a very different domain, the highest quality, a deployment that lasts",
  lora: "one GPU of 24 to 80 GB, 1K to 100K examples, fast iteration, several task adapters, the base’s abilities to be kept",
  qlora: "under 24 GB, models over 13B, prototypes, cost, where LoRA’s quality is enough",
};

/** Cards that the article calls enough: how many of which, by an id of the catalog. */
export type QuotedCards = Readonly<{ text: string; gpu: string; gpus: number }>;

type MinimumGpus = Readonly<{ label: string; params: number; cards: Readonly<Record<MethodId, QuotedCards>> }>;

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

/** How many training examples there are. */
export const DATA_SIZES = ["under1k", "1kTo10k", "10kTo100k", "over100k"] as const;
export type DataSize = (typeof DATA_SIZES)[number];

/** What the examples ask for. */
export const TASKS = ["simple", "complex", "newDomain"] as const;
export type Task = (typeof TASKS)[number];

export const DATA_SIZE_NAMES: Readonly<Record<DataSize, string>> = {
  under1k: "under 1K",
  "1kTo10k": "1K to 10K",
  "10kTo100k": "10K to 100K",
  over100k: "over 100K",
};

/** The article's ranks, from and to, by examples and task; from 10K on it makes no difference between tasks. "or full" from 100K on. */
export const RANK_BY_DATA: Readonly<
  Record<DataSize, Readonly<Record<"simple" | "complex", readonly [from: number, to: number]>>>
> = {
  under1k: { simple: [4, 8], complex: [8, 16] },
  "1kTo10k": { simple: [8, 16], complex: [16, 32] },
  "10kTo100k": { simple: [32, 64], complex: [32, 64] },
  over100k: { simple: [64, 128], complex: [64, 128] },
};

/** Samples a second of LLaMA-7B on one GPU as the article prints them; null: "OOM". */
type QuotedSpeed = Readonly<{ label: string; gpu: string; samples: Readonly<Record<MethodId, number | null>> }>;

/** The article's training speed by GPU and method. Quoted: this engine says nothing of speed, but whether "OOM" is right. */
export const SPEED: readonly QuotedSpeed[] = [
  { label: "A100 80GB", gpu: "a100-80gb-sxm", samples: { full: 12.4, lora: 18.2, qlora: 14.1 } },
  { label: "RTX 4090", gpu: "rtx-4090", samples: { full: null, lora: 8.6, qlora: 7.2 } },
  { label: "A6000 48GB", gpu: "rtx-a6000", samples: { full: null, lora: 10.4, qlora: 9.8 } },
];

/** The model of those figures. */
export const SPEED_PARAMS = 7e9;

/** What the article says that adapters on more modules bring, over q and v alone. */
export const TARGET_GAINS: readonly Readonly<{ preset: TargetPreset; says: string }>[] = [
  { preset: "q-v", says: "low memory, baseline quality" },
  { preset: "attention", says: "+3 to 5 %" },
  { preset: "attention-mlp", says: "+5 to 8 %" },
  { preset: "all-linear", says: "+8 to 10 %" },
];
