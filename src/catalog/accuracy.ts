// Published measurements compared with predictions: the data of the accuracy page.

import type { Fit } from "#calc/model/memory-estimate.ts";
import type { MethodId } from "#calc/model/scenario.ts";
import text from "./accuracy.json?raw";

/** What a measurement is of, where its source says so. */
export type AccuracyMetric = "allocated" | "active" | "reserved" | "nvidia-smi" | "not named";

/**
 * Which runs are counted together: of transformers on one GPU with exact tokens and allocated bytes, other exact ones on one GPU, on several, with an upper
 * bound of tokens; `objectives`, runs that trained for something else than supervised fine-tuning; `ahead`, runs that were gathered before the rules for what
 * they do were written; `contributed`, runs of a scenario's measuring script.
 */
export type AccuracyGroup =
  | "transformers"
  | "other"
  | "several"
  | "cap"
  | "inexact"
  | "objectives"
  | "ahead"
  | "contributed";

/** What the allocator was seen to hold in a run, beside what is predicted of it. */
export type SeenFigure = Readonly<{
  /** `max_memory_reserved`, or nvidia-smi without the CUDA context, and without NCCL's buffers where there are several GPUs. */
  metric: "reserved" | "nvidia-smi";
  measuredBytes: number;
  /** What the allocator holds on that card. */
  seenBytes: number;
  /** The least with which the run goes on. */
  neededBytes: number;
  /** By a replay of PyTorch's allocator, or by the factors on the peak that hold where there is none. */
  by: "replay" | "rule";
}>;

/** One published run: what was measured, what is predicted of it, and under which conditions. */
export type AccuracyRun = Readonly<{
  id: string;
  source: string;
  model: string;
  method: MethodId;
  stack: string;
  /** Library and versions, in the source's words. */
  framework: string;
  group: AccuracyGroup;
  metric: AccuracyMetric;
  /** "batch 4 × 2,048 tokens, A100-80GB" */
  conditions: string;
  measuredBytes: number;
  predictedBytes: number;
  /** null where the source does not give it, or of a tool that it does not name. */
  seen: SeenFigure | null;
  /** Why the prediction may be off, where that is known. */
  reason: string | null;
  /** The scenario, as far as a link can say it, from its `?` on. */
  link: string;
}>;

/** A published fact of a run on a card that was predicted otherwise. */
export type FitMiss = Readonly<{
  id: string;
  model: string;
  method: MethodId;
  kind: "ran" | "failed" | "context";
  fit: Fit;
  /** What must be on the card, and what says so. */
  onCardBytes: number;
  by: SeenFigure["by"];
  usableBytes: number;
  /** The longest context: predicted, and published. */
  tokens: Readonly<{ predicted: number; published: number }> | null;
  reason: string | null;
  link: string;
}>;

/** Everything that the accuracy page shows. */
export type Accuracy = Readonly<{
  /** Last lines of `npm run accuracy`. */
  summary: string;
  fitSummary: string;
  /** The errors of runs that are `ahead`. */
  aheadSummary: string;
  /** The errors of runs that are `objectives`. */
  objectivesSummary: string;
  runs: readonly AccuracyRun[];
  fitMisses: readonly FitMiss[];
  notMapped: readonly Readonly<{ why: string; rows: number }>[];
  /** Ratios of figures that one run gives both of. */
  pairs: readonly Readonly<{ name: string; pairs: number; least: number; median: number; most: number }>[];
  sources: readonly Readonly<{ name: string; url: string; rows: number }>[];
}>;

/** Predictions held against published runs. Made by `npm run accuracy-page`, never by hand. */
export const ACCURACY = JSON.parse(text) as Accuracy;
