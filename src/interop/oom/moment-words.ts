import type { OomMoment, Phase, Place } from "./moment.ts";

/** "while the model was loaded". */
export const PHASE_WORDS: Readonly<Record<Phase, string>> = {
  load: "while the model was loaded",
  prepare: "while the model was prepared for k-bit training",
  train: "in a training step",
  evaluate: "in an evaluation",
  save: "while the model was saved",
  merge: "while adapters were merged",
};

/** "in the optimizer’s step". */
export const PLACE_WORDS: Readonly<Record<Place, string>> = {
  attention: "in attention",
  backward: "in backward",
  concatenate: "where the logits of its batches are put together",
  "convert-outputs": "where outputs are copied to fp32",
  dequantise: "where a quantised matrix is made whole",
  "feed-forward": "in the MLP",
  forward: "in the forward pass",
  gather: "where parameters are gathered",
  loss: "in the loss",
  optimizer: "in the optimizer’s step",
  "optimizer-state": "where the optimizer makes its states",
  quantise: "where a matrix is quantised",
};

/** The moment that a traceback names, at its closest: "in the optimizer’s step", "while the model was loaded"; null where it names none. */
export const momentWords = ({ phase, place }: OomMoment): string | null => {
  if (place !== null) return PLACE_WORDS[place];
  return phase === null ? null : PHASE_WORDS[phase];
};
