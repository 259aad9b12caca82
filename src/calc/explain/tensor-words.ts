// Words for tensors alive at a point of the step: what they are and why they are there.

import type { AliveTensors, StepPoint } from "#calc/model/timeline.ts";

const LOGITS = "Logits";
const COPY = "fp32 copy of the logits";
const PROBABILITIES = "Log-probabilities";
const GRADIENT = "Gradient of the logits";

/** Tensors on the way from the last hidden state to the loss, by the operation that makes them. */
const OF_LOSS: Readonly<Record<string, string>> = {
  mm: LOGITS,
  addmm: LOGITS,
  matmul_4bit: LOGITS,
  lm_head: LOGITS,
  "all-gather": "Gathered logits",
  mul: "Scaled logits",
  tanh: "Capped logits",
  to: COPY,
  float: COPY,
  shift: "Shifted copy of the logits",
  log_softmax: PROBABILITIES,
  cross_entropy: PROBABILITIES,
  inplace_cross_entropy: "Gradient, written over the fp32 logits",
  nll_loss: "The loss itself",
  "nll_loss backward": "Gradient of the loss",
  "log_softmax backward": GRADIENT,
  "cross_entropy backward": GRADIENT,
  "chunked_cross_entropy backward": GRADIENT,
  "shift backward": "Gradient of the shifted logits",
  "to backward": "Gradient in the logits’ own type",
  "mm backward": "Gradient of the hidden state",
};

/** Tensors of a layer, by module and operation. */
const OF_MODEL: Readonly<Record<string, string>> = {
  "layer add": "Outputs of layers",
  "embed_tokens embedding": "Embeddings",
  "input_ids parameter": "Input ids",
  "labels parameter": "Labels",
};

/** What tensors are, in words: "Log-probabilities"; the module that made them where nobody has a better name. */
export const tensorName = ({ term, module, op, dtype, unit }: AliveTensors): string => {
  if (term === "logits") {
    const isCopy = op === "lm_head" && dtype === "fp32";
    const known = isCopy ? COPY : OF_LOSS[op];
    if (known !== undefined) return known;
    if (unit.startsWith("chunk"))
      return op.endsWith(" backward") ? "Gradient of a chunk’s logits" : "Logits of a chunk";
    return unit === "fixed" ? "Of the loss" : LOGITS;
  }
  return OF_MODEL[`${module} ${op}`] ?? (module === "" ? "ForCausalLM" : module);
};

/** Why tensors are there at a point of the step, in a few words. */
export const whyAlive = ({ term, op, made, newest }: AliveTensors, { phase }: Pick<StepPoint, "phase">): string => {
  if (newest) return "Being allocated: this is the peak";
  if (op === "nll_loss backward") return "Zero except at each token’s label";
  if (made === "load") return "Held throughout the step";
  if (term === "gradients") return "Waits for the optimizer step";
  if (phase === "forward" || made === "forward")
    return phase === "forward" ? "From forward, still held" : "Saved in forward for backward";
  return op.endsWith(" backward")
    ? "Gradient on its way back through the model"
    : "Recomputed for this layer’s backward";
};
