// Moments of a whole run outside the step (loading, evaluation, saving, merging ...): their settings and bytes.

import type { Bytes } from "#calc/base/bytes.ts";

/** The moments of a run, in the order in which they come; `step`: the highest moment of the training step. */
export const RUN_MOMENTS = ["loading", "prepare", "resume", "generate", "step", "evaluate", "save", "merge"] as const;
export type RunMomentId = (typeof RUN_MOMENTS)[number];

/** What an evaluation keeps of each batch until it ends: the loss, the logits, or their argmax (`preprocess_logits_for_metrics`). */
export const EVALUATION_KEEPS = ["loss", "logits", "argmax"] as const;

/** One evaluation, as `transformers.Trainer.evaluate` runs it. */
export type Evaluation = Readonly<{
  per_device_eval_batch_size: number;
  sequence_length: number;
  keeps: (typeof EVALUATION_KEEPS)[number];
  batches: number;
  /** After so many batches what is kept goes to host memory; null: at the end. */
  eval_accumulation_steps: number | null;
  /** Whether what is kept is concatenated at every batch, or kept in a list. */
  eval_do_concat_batches: boolean;
  /** Metrics are computed batch by batch, and nothing is kept. */
  batch_eval_metrics: boolean;
  /** New tokens that `predict_with_generate` makes; 0: none. */
  max_new_tokens: number;
}>;

/** Completions that transformers generates on the card before a step, as TRL's trainer for GRPO has them: all rows of a generation at once. */
export type Completions = Readonly<{
  rows: number;
  promptTokens: number;
  newTokens: number;
  /** Whether prompts of one generation differ in length, so that shorter ones are padded. */
  padded: boolean;
}>;

/** Where weights are made: on the device, or on the host and then moved (`device_map=None`). */
export const LOADINGS = ["none", "device", "host"] as const;

/** What is saved: adapters, the whole model (gathered, where it is shared), or each rank's part. */
export const SAVINGS = ["none", "adapter", "full", "sharded"] as const;

/** Which moments outside the step are asked for. */
export type AskedRun = Readonly<{
  /** Absent: nothing is generated on the card before a step. */
  completions?: Completions;
  evaluation: Evaluation | null;
  loading: (typeof LOADINGS)[number];
  saving: (typeof SAVINGS)[number];
  /** `merge_and_unload()`; `safe`: with `safe_merge`. */
  merge: "none" | "unload" | "safe";
  resumes: boolean;
}>;

/** Tensors of one name that are alive at a point. */
export type AliveByName = Readonly<{ name: string; bytes: Bytes }>;

/** One moment of a run on each GPU: what PyTorch has allocated at its end, and at its highest. */
export type RunMoment = Readonly<{
  id: RunMomentId;
  liveBytes: Bytes;
  peakBytes: Bytes;
  /** What is alive at the highest point, the most first; the bytes sum to `peakBytes`. */
  alive: readonly AliveByName[];
  /** What the process keeps in host memory for it, beside what it keeps anyway. */
  hostBytes: Bytes;
  /** `run`: held against the real code, byte for byte. `read`: its source was read, and not run. */
  basis: "run" | "read";
  /**
   * Of loading with a `device_map`: one block that transformers allocates and frees again before it loads anything. `max_memory_allocated()` shows it. No run
   * ends there: it is cut to what the card has free less 1.2 GiB, so it is not part of the peak.
   *
   * @see transformers 5.24, modeling_utils.py, `caching_allocator_warmup`
   */
  warmUpBytes?: Bytes;
  /** What each further batch of an evaluation adds to the highest point. */
  perBatchBytes?: Bytes;
}>;

/** The training step and the moments that were asked for, in the order in which they come. */
export type WholeRun = Readonly<{
  peakBytes: Bytes;
  peakMoment: RunMomentId;
  moments: readonly RunMoment[];
}>;
