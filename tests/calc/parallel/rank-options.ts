import type { RankOptions } from "#calc/model/step-options.ts";

/** How one of two ranks shards parameters in 16 bit: layer by layer, what is outside the layers as one unit. */
export const rankOptions = (patch: Partial<RankOptions>): RankOptions => ({
  strategy: "fsdp2",
  ranks: 2,
  reshardsAfterForward: true,
  embeddings: [],
  tiedEnds: [],
  hasTail: false,
  endsWith: "loss",
  reshardsEnds: true,
  reduce: "bf16",
  flatWithAdapters: false,
  noSync: false,
  waitsForAll: false,
  unshardedFrom: null,
  stored: { weights: "bf16", adapters: "bf16" },
  zero: null,
  copy: null,
  adaptersWhole: false,
  inner: [],
  castsInputs: true,
  onHost: false,
  ...patch,
});
