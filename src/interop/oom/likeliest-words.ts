import type { Phase } from "./moment.ts";
import { printedBytes } from "./printed-bytes.ts";
import type { OomMessage } from "./read-oom.ts";

/** What it is most often, at such a moment. */
const USUAL: Readonly<Record<Phase, string>> = {
  load: "another process on the card, or a base that is loaded in 32 instead of 16 or 4 bit",
  prepare: "prepare_model_for_kbit_training, which casts embedding, head and fused experts to fp32",
  train: "rows longer than the scenario's, or a batch of another size",
  evaluate: "the evaluation's batch of 8, or logits that it keeps for compute_metrics",
  save: "an evaluation that is due at the same step, or a full state dict that is gathered on one GPU",
  merge: "a 4-bit base, each matrix of which is made whole to be merged",
};

/** What fills the card, where nothing of the scenario has the size: a sentence. */
export const likeliestWords = ({ request, moment, figures }: OomMessage): string =>
  request.isVague
    ? `${printedBytes(figures.tried)} is a segment for small tensors and says nothing of the tensor: it was the last drop, and what fills the card is elsewhere.`
    : `Most likely it is ${USUAL[moment.phase ?? "train"]}.`;
