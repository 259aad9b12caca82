import type { Model } from "#calc/families/forward/forward.ts";
import type { LoadedLinear } from "#calc/modules/loaded.ts";
import { castForMatmul } from "#calc/tape/autocast.ts";
import { dropout } from "#calc/tape/ops/dropout.ts";
import { linear } from "#calc/tape/ops/linear.ts";
import { endEarlierSteps, outlive } from "#calc/tape/outliving.ts";
import { attach, keep, save, startNode } from "#calc/tape/record.ts";
import { bind } from "#calc/tape/scope.ts";
import { type Dim, shapeOf } from "#calc/tape/shape.ts";
import type { Tape, Tensor } from "#calc/tape/tape.ts";
import { consume, drop, fresh } from "#calc/tape/tape.ts";
import { dequantize, keepsInputs } from "./linear-4bit.ts";

/** What the head's products read: the hidden state, in the type of the product, and the low-rank one of its adapter. */
type HeadInputs = Readonly<{ hidden: Tensor; low: Tensor | null; weight: Tensor; parameters: readonly Tensor[] }>;

const headInputs = ({ weight, bias, adapter }: LoadedLinear, hidden_states: Tensor): HeadInputs => {
  const castBias = bias === null ? [] : [castForMatmul(bias)];
  const { tape } = hidden_states;
  // Frozen, it is cast again for each chunk, and each copy waits for backward.
  const { autocast } = tape;
  const isCastByChunk = weight.dtype === "fp32" && weight.node === null;
  const copies = shapeOf("chunks", ...weight.shape.dims);
  const castWeight = autocast !== null && isCastByChunk ? fresh(tape, copies, autocast) : castForMatmul(weight);
  const hidden = bind(castForMatmul(hidden_states));
  if (adapter === null) return { hidden, low: null, weight: castWeight, parameters: [castWeight, ...castBias] };
  const low = bind(linear(dropout(hidden, adapter.dropout), adapter.A, null));
  return { hidden, low, weight: castWeight, parameters: [castWeight, ...castBias, castForMatmul(adapter.B)] };
};

const makeAll = (
  tape: Tape,
  count: number,
  of: Readonly<{ shape: Tensor["shape"]; dtype: Tensor["dtype"] }>,
): Tensor[] => Array.from({ length: count }, () => fresh(tape, of.shape, of.dtype));

/**
 * LitGPT's head and cross entropy, 128 positions of each row at a time: 16-bit logits of all chunks in a list, which Fabric copies to fp32
 * (`convert_output`) and the loop's variable holds; log-probabilities of all chunks wait for backward, whose other temporaries are a chunk's. Full
 * fine-tuning makes the logits at once and copies them without their last position.
 *
 * @see litgpt/lora.py, `GPT.forward`; litgpt/utils.py, `chunked_cross_entropy`; lightning/fabric/plugins/precision/half.py, `convert_output`
 */
export const litgptLoss = ({ tape, options, head }: Model, hidden_states: Tensor): readonly [Tensor, Tensor] => {
  const [component, module] = [tape.component, tape.module];
  const { hidden, low, weight, parameters } = headInputs(head, hidden_states);
  tape.component = "logits";
  tape.module = "loss_function";
  const isFull = options.method.kind === "full";
  const dims = (head.dequantized ?? head.weight.shape).dims;
  const [rows, columns] = [Number(dims[0]), Number(dims[1])];
  const of = (
    tokens: readonly Dim[],
    dtype: Tensor["dtype"],
  ): Readonly<{ shape: Tensor["shape"]; dtype: Tensor["dtype"] }> => ({
    shape: shapeOf(...tokens, rows),
    dtype,
  });
  const [whole, chunk] = [["b", "s"], ["chunk"]] as const;
  const unpacked = (): readonly Tensor[] => (head.dequantized === null ? [] : dequantize(tape, rows, columns));
  const { shape: hiddenShape, dtype } = hidden;
  const hiddenNeeds = hidden.node !== null;
  const wanted = parameters.map(({ node, shape }) => (node === null ? null : shape));
  const lowShape = low?.shape ?? null;
  const logProbabilities: Tensor[] = [];
  const inputs = [hidden, ...(low === null ? [] : [low]), ...parameters];

  const node = startNode("chunked_cross_entropy", inputs, () => {
    makeAll(tape, 2, of(chunk, "fp32")).forEach(drop);
    // The losses of all chunks go first, then the casts of all, then the products: 16-bit gradients wait for those.
    logProbabilities.forEach(drop);
    if (isFull) makeAll(tape, 2, of(whole, "fp32")).forEach(drop);
    const logitGradients = makeAll(tape, 1, of(whole, dtype));
    [...unpacked(), ...makeAll(tape, low === null ? 0 : 1, of(chunk, dtype))].forEach(drop);
    // Gradients of the chunks, put together.
    const ofHidden = hiddenNeeds ? makeAll(tape, isFull ? 1 : 2, { shape: hiddenShape, dtype }) : [];
    logitGradients.forEach(drop);
    const ofLow = lowShape === null ? [] : [fresh(tape, lowShape, dtype)];
    return [
      ofHidden.at(-1) ?? null,
      ...ofLow,
      ...wanted.map((shape) => (shape === null ? null : fresh(tape, shape, dtype))),
    ];
  });

  tape.op = "lm_head";
  const scratch = unpacked();
  const narrow = fresh(tape, of(whole, dtype).shape, dtype);
  scratch.forEach(drop);
  if (low !== null) makeAll(tape, 3, of(chunk, dtype)).forEach(drop);
  const logits = attach(fresh(tape, of(whole, "fp32").shape, "fp32"), node);
  drop(narrow);
  if (node !== null) {
    if (head.dequantized !== null && keepsInputs(options)) keep(node, hidden);
    if (head.dequantized === null && wanted[0] !== null) save(node, hidden);
    if (head.dequantized === null && hiddenNeeds) save(node, weight);
    if (low !== null) save(node, low);
  }
  bind(logits);
  parameters.forEach(consume);
  endEarlierSteps(tape);
  outlive(logits);
  const copies = isFull && !tape.singleRow ? makeAll(tape, 1, of(whole, "fp32")) : [];
  tape.op = "log_softmax";
  for (const made of makeAll(tape, 1, of(whole, "fp32"))) {
    // Let go of in the middle of the node's backward, chunk by chunk.
    made.bindings = 1;
    logProbabilities.push(made);
  }
  copies.forEach(drop);
  const loss = attach(fresh(tape, shapeOf(1), "fp32"), node);
  tape.component = component;
  tape.module = module;
  // The loss is the output that backward starts from.
  return [loss, logits];
};
