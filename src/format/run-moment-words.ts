import type { RunMomentId } from "#calc/model/whole-run.ts";
import { formatCount } from "./count.ts";

const WORDS: Readonly<Record<RunMomentId, string>> = {
  loading: "loading",
  prepare: "preparation",
  resume: "resuming",
  generate: "generation",
  step: "training",
  evaluate: "evaluation",
  save: "saving",
  merge: "merging",
};

/**
 * A moment of a run inside a sentence: "saving", "evaluation at batch 8".
 *
 * @param batch of the evaluation, on each GPU; absent: it is not said
 */
export const runMomentWords = (id: RunMomentId, batch?: number): string =>
  id === "evaluate" && batch !== undefined ? `${WORDS[id]} at batch ${formatCount(batch)}` : WORDS[id];
