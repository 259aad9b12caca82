/** A card of each kind of capability: what there is for it, and what not, differs from one to the next. */
export const KINDS_OF_CARDS = [
  "rtx-4090",
  "t4",
  "v100-32gb",
  "rtx-2080-ti",
  "h100-mig-1g-20gb",
  "gb10",
  "mi300x",
  "mi100",
  "rx-9070-xt",
  "arc-b580",
  "apple-m4-pro-48gb",
  "tpu-v5e",
] as const;
