import { evaluationBatch } from "#catalog/evaluation-batch.ts";
import type { Choices } from "#scenario/keys/choices.ts";

/**
 * The choices with every moment of a run asked for: as they say it, and with the library's own defaults where they say nothing. Nobody counts on it; it says what
 * a run would take if it did.
 */
export const offeredRun = (choices: Choices): Choices => ({
  ...choices,
  loading: choices.loading === "none" ? "device" : choices.loading,
  eval: choices.eval === 0 ? evaluationBatch(choices) : choices.eval,
  saving: choices.saving === "none" ? "adapter" : choices.saving,
  merge: choices.merge === "0" ? "1" : choices.merge,
  resume: true,
});
