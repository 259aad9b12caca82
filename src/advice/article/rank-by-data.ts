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
