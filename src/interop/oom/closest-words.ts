import type { Candidate } from "./candidates/candidate.ts";
import { printedBytes, productWords } from "./product-words.ts";
import type { OomMessage } from "./read-oom.ts";
import { momentWords, type OomMoment, type Phase, type Place } from "./moment.ts";

/**
 * "The closest there is an optimizer state of lm_head in fp32 with 1.96 GiB (4 B × ... B)."; null where the text names no moment, or a figure that says
 * nothing.
 */
export const closestWords = (closest: Candidate | null, { moment, request }: OomMessage): string | null => {
  if (request.isVague || momentWords(moment) === null) return null;
  if (closest === null) return "Headroom knows no tensor of this scenario at that moment.";
  const { name, bytes } = closest;
  return `The closest at that moment is ${name} with ${printedBytes({ low: bytes, high: bytes })} (${productWords(closest)}).`;
};

/** The most frequent cause in such a phase of a run. */
const USUAL: Readonly<Record<Phase, string>> = {
  load: "another process on the card, or a base that is loaded in 32 instead of 16 or 4 bit",
  prepare: "prepare_model_for_kbit_training, which casts embedding, head and fused experts to fp32",
  train: "rows longer than the scenario's, or a batch of another size",
  evaluate: "the evaluation's batch of 8, or logits that it keeps for compute_metrics",
  save: "a full state dict that is gathered on one GPU",
  merge: "a 4-bit base, each matrix of which is made whole to be merged",
};

const OTHER_ROWS = "rows longer than the scenario's, or a batch of another size";
const OTHER_STATES =
  "another number of GPUs that divide the optimizer's states, or other parameters that are trained than the scenario's";
const OTHER_MATRIX = "a matrix of another model than the scenario's";

/** The most frequent cause at such a place, which says more than the phase. */
const USUAL_AT: Readonly<Record<Place, string>> = {
  attention: OTHER_ROWS,
  backward: "rows longer than the scenario's, a batch of another size, or gradients of other parameters",
  concatenate: "more batches of an evaluation, or longer rows in it, than were tried here",
  "convert-outputs": OTHER_ROWS,
  dequantise: OTHER_MATRIX,
  "feed-forward": OTHER_ROWS,
  forward: OTHER_ROWS,
  gather: OTHER_MATRIX,
  loss: OTHER_ROWS,
  optimizer: OTHER_STATES,
  "optimizer-state": OTHER_STATES,
  quantise: OTHER_MATRIX,
};

const usual = ({ phase, place }: OomMoment): string =>
  place === null || phase === "evaluate" ? USUAL[phase ?? "train"] : USUAL_AT[place];

/** What fills the card, where nothing of the scenario has the size: a sentence. */
export const likeliestWords = ({ request, moment, figures }: OomMessage): string =>
  request.isVague
    ? `${printedBytes(figures.tried)} says nothing about the tensor: memory was already nearly full when this small request failed.`
    : `Most likely it is ${usual(moment)}.`;

/** "No tensor of this scenario has 3.91 GiB in the optimizer’s step." */
export const noneTitle = ({ moment, shown: { request } }: Pick<OomMessage, "moment" | "shown">): string => {
  const when = momentWords(moment);
  return `No tensor of this scenario has ${request}${when === null ? "" : ` ${when}`}.`;
};
