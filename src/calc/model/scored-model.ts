import { onceForEach } from "#calc/base/once-for-each.ts";
import type { Architecture } from "./architecture.ts";

/** A model that gives so many numbers for a row in place of logits (`...ForSequenceClassification`): its head is `score`. */
export type ScoredModel = Architecture & Readonly<{ num_labels: number }>;

export const isScored = (architecture: Architecture): architecture is ScoredModel => "num_labels" in architecture;

/** A model with one number for a row. The same object each time, so that caches that are keyed by it find it again. */
export const scoredModel = onceForEach((architecture: Architecture): ScoredModel => ({
  ...architecture,
  num_labels: 1,
}));
