/** The numbers that keys of a link take, both ends included: the limits of the controls too. */
export const RANGES = {
  r: { min: 1, max: 1024 },
  batch: { min: 1, max: 4096 },
  /** Tokens: the longest context of an open model is 10,485,760 (Llama 4 Scout). */
  seq: { min: 1, max: 10_485_760 },
  /** Tokens of a prompt, beside which a completion has at least one. */
  prompt: { min: 1, max: 10_485_759 },
  /** Share of a completion that is no padding. */
  fill: { min: 0.01, max: 1 },
  /** Completions of a prompt: TRL takes no fewer than two. */
  generations: { min: 2, max: 4096 },
  /** vLLM's share of a card. */
  vllm: { min: 0.01, max: 0.99 },
  accum: { min: 1, max: 4096 },
  /** Of how many layers one is checkpointed: no more than the longest model has. */
  everyLayers: { min: 2, max: 128 },
  gpus: { min: 1, max: 4096 },
  /** Ranks that divide one model. */
  ranks: { min: 1, max: 64 },
  /** MiB of blocks that are not split: PyTorch takes no fewer. */
  splitMib: { min: 20, max: 65_536 },
  /** Rows of an evaluation's batch, its batches, those that are kept together on the device, and the tokens that it generates; 0: none. */
  eval: { min: 0, max: 4096 },
  evalbatches: { min: 1, max: 65_536 },
  evalmove: { min: 0, max: 65_536 },
  evalgen: { min: 0, max: 131_072 },
  /** Parameters between which architectures are interpolated. */
  params: { min: 1e8, max: 7e11 },
} as const;
