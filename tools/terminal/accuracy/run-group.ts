import type { MeasuredRun } from "./measured-run.ts";
import { objectiveOf } from "./run-objective.ts";

/**
 * What a run's error counts as: `transformers`, runs of the library that the engine is written after, on one GPU, exact tokens, allocated bytes;
 * `other`, all other runs with exact tokens on one GPU; `several`, the same on several GPUs; `cap`, runs of which only an upper bound of tokens is known;
 * `objectives`, runs that trained for something else than supervised fine-tuning, whatever is known of their tokens.
 */
export type RunGroup = "transformers" | "other" | "several" | "cap" | "inexact" | "objectives";

/** The group of a run. */
export const runGroup = (run: MeasuredRun): RunGroup => {
  if (objectiveOf(run) !== "sft") return "objectives";
  if (run.seq_len_kind !== "exact") return run.seq_len_kind === "cap" ? "cap" : "inexact";
  if (run.num_gpus > 1) return "several";
  return run.metric_class === "allocated" && /transformers/i.test(run.framework) ? "transformers" : "other";
};
