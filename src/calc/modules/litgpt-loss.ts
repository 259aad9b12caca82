// LitGPT's head and cross entropy in chunks of 128 positions, and its RMSNorm.

import { inLogits } from "./causal-lm-loss.ts";
import { withMarks } from "#calc/tape/recorder.ts";
import { consume, drop, fresh } from "#calc/tape/tensor.ts";
import type { StepOptions } from "#calc/model/step-options.ts";
import type { Model } from "./forward.ts";
import { type LoadedLinear, type Loaded, tensorOf } from "./loaded-modules.ts";
import { lowRankOf } from "#calc/modules/tuners/lora.ts";
import { castForMatmul } from "#calc/tape/autocast.ts";
import { dropout, addNumber, rsqrt } from "#calc/tape/ops/unary.ts";
import { linear } from "#calc/tape/ops/products.ts";
import { releaseEarlierSteps, keepForNextStep } from "#calc/tape/training-loop.ts";
import { attach, saveAsAttribute, save, startNode } from "#calc/tape/operation.ts";
import { bind, call } from "#calc/tape/scope.ts";
import { type Shape, shapeOf } from "#calc/tape/ledger/shape.ts";
import type { Backward, GradNode, Tape, Tensor } from "#calc/tape/tape.ts";
import { dequantizeForFabric, keepsInputOf4bit } from "./litgpt-linear.ts";
import { mul } from "#calc/tape/ops/arithmetic.ts";
import { mean } from "#calc/tape/ops/reductions.ts";
import { to } from "#calc/tape/ops/views.ts";

/**
 * The inputs of the head's products, in their dtype. `hidden`: the last hidden state. `low`: lora_A(dropout(hidden)), null without an
 * adapter. `parameters`: the weight, the bias and lora_B, as far as they exist.
 */
type HeadInputs = Readonly<{ hidden: Tensor; low: Tensor | null; weight: Tensor; parameters: readonly Tensor[] }>;

const headInputs = ({ weight, bias, adapter }: LoadedLinear, hidden_states: Tensor): HeadInputs => {
  const castBias = bias === null ? [] : [castForMatmul(bias)];
  const { tape } = hidden_states;
  // Autocast casts a frozen fp32 weight anew for each chunk, and each copy is saved until backward.
  const { element } = tape.autocast;
  const isCastByChunk = weight.dtype === "fp32" && weight.node === null;
  const copies = shapeOf("c", ...weight.shape.dims);
  const castWeight = element !== null && isCastByChunk ? fresh(tape, copies, element) : castForMatmul(weight);
  const hidden = bind(castForMatmul(hidden_states));
  if (adapter === null) return { hidden, low: null, weight: castWeight, parameters: [castWeight, ...castBias] };
  const { A, B } = lowRankOf(adapter);
  const low = bind(linear(dropout(hidden, adapter.dropout), A, null));
  return { hidden, low, weight: castWeight, parameters: [castWeight, ...castBias, castForMatmul(B)] };
};

/** What of a model its head and the loss need. */
type HeadOfModel = Pick<Model, "tape" | "options" | "head">;

/** A tensor to make. */
type Made = Readonly<{ shape: Shape; dtype: Tensor["dtype"] }>;

const makeAll = (tape: Tape, count: number, { shape, dtype }: Made): Tensor[] =>
  Array.from({ length: count }, () => fresh(tape, shape, dtype));

/** The inputs of the head's node, and the tensors that it makes. */
type Head = HeadInputs &
  Readonly<{
    tape: Tape;
    /** Logits of all tokens, and of one chunk, in the types given. */
    whole: (dtype: Tensor["dtype"]) => Made;
    chunk: (dtype: Tensor["dtype"]) => Made;
    /** Makes the scratch of a product with a 4-bit weight. */
    unpacked: () => readonly Tensor[];
    isPacked: boolean;
    /** Full fine-tuning: it makes the logits of all tokens at once, and copies them without their last position. */
    isFull: boolean;
  }>;

const headOf = ({ tape, options, head }: HeadOfModel, hidden_states: Tensor): Head => {
  const [rows = 1, columns = 1] = (head.dequantized ?? head.weight.shape).dims.map(Number);
  const isPacked = head.dequantized !== null;
  return {
    ...headInputs(head, hidden_states),
    tape,
    whole: (dtype) => ({ shape: shapeOf("b", "s", rows), dtype }),
    chunk: (dtype) => ({ shape: shapeOf("chunk", rows), dtype }),
    unpacked: () => (isPacked ? dequantizeForFabric(tape, rows, columns) : []),
    isPacked,
    isFull: options.method.kind === "full",
  };
};

const gradientLike = (tape: Tape, dtype: Tensor["dtype"], shape: Shape | null): Tensor | null =>
  shape === null ? null : fresh(tape, shape, dtype);

/** Backward of all chunks. `letGo`: drops the log-probabilities. It keeps shapes only, no tensors. */
const backwardOf = ({ tape, hidden, low, parameters, ...head }: Head, letGo: () => void): Backward => {
  const { shape, dtype } = hidden;
  const hiddenNeeds = hidden.node !== null;
  const lowShape = low?.shape;
  const wanted = parameters.map((parameter) => (parameter.node === null ? null : parameter.shape));
  return () => {
    makeAll(tape, 2, head.chunk("fp32")).forEach(drop);
    // The backward of the youngest nodes runs first: the losses of all chunks, then the casts of all, then the products. So the 16-bit
    // gradients of all logits wait for the products.
    letGo();
    if (head.isFull) makeAll(tape, 2, head.whole("fp32")).forEach(drop);
    const logitGradients = makeAll(tape, 1, head.whole(dtype));
    [...head.unpacked(), ...makeAll(tape, lowShape === undefined ? 0 : 1, head.chunk(dtype))].forEach(drop);
    // Gradients of the chunks, and their concatenation; full fine-tuning has no chunks.
    const ofHidden = makeAll(tape, hiddenNeeds ? 2 - Number(head.isFull) : 0, { shape, dtype });
    logitGradients.forEach(drop);
    const ofLow = lowShape === undefined ? [] : [fresh(tape, lowShape, dtype)];
    return [ofHidden.at(-1) ?? null, ...ofLow, ...wanted.map((of) => gradientLike(tape, dtype, of))];
  };
};

const saveAll = (options: StepOptions, node: GradNode, { hidden, low, weight, isPacked }: Head): void => {
  if (isPacked && keepsInputOf4bit(options)) saveAsAttribute(node, hidden);
  if (!isPacked && weight.node !== null) save(node, hidden);
  if (!isPacked && hidden.node !== null) save(node, weight);
  if (low !== null) save(node, low);
};

/** fp32 logits, made from 16-bit logits of all chunks. The scratch of one chunk exists beside these. */
const logitsOf = ({ tape, hidden, low, ...head }: Head, node: GradNode | null): Tensor => {
  const scratch = head.unpacked();
  const narrow = makeAll(tape, 1, head.whole(hidden.dtype));
  scratch.forEach(drop);
  makeAll(tape, low === null ? 0 : 3, head.chunk(hidden.dtype)).forEach(drop);
  const { shape, dtype } = head.whole("fp32");
  const logits = attach(fresh(tape, shape, dtype), node);
  narrow.forEach(drop);
  return logits;
};

const lossOf = (model: HeadOfModel, head: Head): readonly [Tensor, Tensor] => {
  const { tape } = model;
  const logProbabilities: Tensor[] = [];
  const inputs = [head.hidden, ...(head.low === null ? [] : [head.low]), ...head.parameters];
  const node = startNode(
    "chunked_cross_entropy",
    inputs,
    backwardOf(head, () => logProbabilities.forEach(drop)),
  );
  const logits = bind(withMarks(tape.recorder, { op: "lm_head" }, () => logitsOf(head, node)));
  if (node !== null) saveAll(model.options, node, head);
  head.parameters.forEach(consume);
  releaseEarlierSteps(tape);
  keepForNextStep(logits);
  return withMarks(tape.recorder, { op: "log_softmax" }, () => {
    const copies = makeAll(tape, head.isFull && !tape.policies.singleRow ? 1 : 0, head.whole("fp32"));
    logProbabilities.push(...makeAll(tape, 1, head.whole("fp32")));
    // The node's backward drops them midway; no operation may do so before.
    for (const made of logProbabilities) made.bindings = 1;
    copies.forEach(drop);
    return [attach(fresh(tape, shapeOf(1), "fp32"), node), logits];
  });
};

/**
 * LitGPT's head and cross entropy, 128 positions of each row at a time. 16-bit logits of all chunks are in a list, which Fabric copies to
 * fp32 (`convert_output`); a variable of the loop holds the copy. Log-probabilities of all chunks are saved for backward, whose other
 * temporaries are those of one chunk. Full fine-tuning makes the logits at once and copies them without their last position.
 *
 * @see litgpt/lora.py, `GPT.forward`; litgpt/utils.py, `chunked_cross_entropy`; lightning/fabric/plugins/precision/half.py, `convert_output`
 */
export const litgptLoss = (model: HeadOfModel, hidden_states: Tensor): readonly [Tensor, Tensor] => {
  const head = headOf(model, hidden_states);
  return inLogits(head.hidden, () => lossOf(model, head));
};

/**
 * `RMSNorm.forward`: all in fp32, times the weight (`addsOne`: one plus the weight), then cast back to the dtype of its input.
 *
 * @see litgpt 0.4.6 and later, model.py
 */
export const litgptRmsNorm =
  (addsOne: boolean) =>
  (loaded: Loaded, name: string, x: Tensor): Tensor =>
    call(
      name,
      (input) => {
        const weight = tensorOf(loaded, `${name}.weight`);
        const upcast = bind(to(input, "fp32"));
        const norm_x = bind(mean(mul(upcast, upcast)));
        const x_normed = bind(mul(upcast, rsqrt(addNumber(norm_x))));
        const scaled = addsOne ? bind(addNumber(weight)) : weight;
        return to(mul(x_normed, to(scaled, "fp32")), input.dtype);
      },
      x,
    );
