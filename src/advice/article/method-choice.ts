import type { MethodId } from "#calc/model/scenario.ts";

/** A line of the article's advice on methods: in what case, and what it says. */
export type MethodChoice = Readonly<{ when: string; says: string; methods: readonly MethodId[] }>;

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
