// Fused LoRA and other fused operations of fms-acceleration: fast RMSNorm, rotary embedding, cross-entropy.

import { bind, call } from "#calc/tape/scope.ts";
import type { Tensor, Tape } from "#calc/tape/tape.ts";
import { unrecorded } from "#calc/tape/autograd.ts";
import { withMarks } from "#calc/tape/recorder.ts";
import { aliasOf, drop, fresh, freshBy, consume } from "#calc/tape/tensor.ts";
import { dropout } from "#calc/tape/ops/unary.ts";
import {
  attach,
  save,
  startNode,
  unpackSaved,
  arrivedGradient,
  record,
  recordView,
  likeInput,
} from "#calc/tape/operation.ts";
import { type Shape, withLast, shapeOf } from "#calc/tape/ledger/shape.ts";
import { type Adapter, type Loaded, type LoadedLinear, linearOf, tensorOf } from "./loaded-modules.ts";
import { isLowRank, lowRankOf } from "./tuners/lora.ts";
import { recountAs } from "#calc/tape/ledger/storages.ts";
import type { ApplyRotary } from "./rotary.ts";

/** A 4-bit linear with an adapter: what the fused kernels take. */
type Fusable = LoadedLinear & Readonly<{ adapter: Adapter; dequantized: Shape }>;

const isFusable = (linear: LoadedLinear): linear is Fusable =>
  linear.adapter !== null && isLowRank(linear.adapter) && linear.dequantized !== null;

/** The linears of these names, if the kernels take them all. */
export const fusableLinears = (layer: Loaded, names: readonly string[]): readonly Fusable[] | null => {
  const linears = names.map((name) => linearOf(layer, name));
  return linears.every(isFusable) ? linears : null;
};

const dequantize = (tape: Tape, { dequantized }: Fusable): Tensor =>
  withMarks(tape.recorder, { term: "workspace" }, () => fresh(tape, dequantized, "bf16"));

/**
 * `matmul_lora`: x W, after which the dequantised W is dropped. Then dropout(x), which is kept for backward; its product with A and B is
 * added in place.
 */
const matmulLora = (linear: Fusable, x: Tensor): readonly [out: Tensor, dropped: Tensor] => {
  const { tape } = x;
  const { A, B } = lowRankOf(linear.adapter);
  const { dropout: probability } = linear.adapter;
  const shape = withLast(x.shape, B.shape.dims[0] ?? 1);
  const weight = dequantize(tape, linear);
  const out = fresh(tape, shape, x.dtype);
  drop(weight);
  const dropped = probability === 0 ? aliasOf(x, x.shape) : dropout(x, probability);
  const low = fresh(tape, withLast(x.shape, A.shape.dims[0] ?? 1), x.dtype);
  const product = fresh(tape, shape, x.dtype);
  for (const temporary of [low, product]) drop(temporary);
  return [out, dropped];
};

/** Gradients of A and B of one linear. */
const adapterGradients = (tape: Tape, { adapter }: Fusable, shape: Shape): readonly Tensor[] => {
  const { A, B } = lowRankOf(adapter);
  const low = fresh(tape, withLast(shape, A.shape.dims[0] ?? 1), "bf16");
  const gradients = [fresh(tape, A.shape, "bf16"), fresh(tape, B.shape, "bf16")];
  drop(low);
  return gradients;
};

/** The base's part of x's gradient, for which the weight is dequantised again: written into `onto`, or a new tensor. */
const baseGradient = (
  tape: Tape,
  linear: Fusable,
  { shape, onto }: Readonly<{ shape: Shape; onto: Tensor | null }>,
): Tensor => {
  const weight = dequantize(tape, linear);
  const gradient = onto ?? fresh(tape, shape, "bf16");
  drop(weight);
  return gradient;
};

/** `dX += (dropped != 0) * (dY @ B @ A)`: scratch. */
const adapterScratch = (tape: Tape, { adapter }: Fusable, shape: Shape): void => {
  const temporaries = [
    fresh(tape, shape, "bool"),
    fresh(tape, withLast(shape, lowRankOf(adapter).A.shape.dims[0] ?? 1), "bf16"),
    fresh(tape, shape, "bf16"),
    fresh(tape, shape, "bf16"),
  ];
  for (const temporary of temporaries) drop(temporary);
};

/**
 * x's gradient through all linears. The first base's part is written into `onto`, or is a new tensor; each other part is made beside it and
 * added.
 */
const inputGradient = (
  tape: Tape,
  [first, ...others]: readonly Fusable[],
  of: Readonly<{ shape: Shape; onto: Tensor | null }>,
): Tensor | null => {
  if (first === undefined) return null;
  const gradient = baseGradient(tape, first, of);
  adapterScratch(tape, first, of.shape);
  for (const linear of others) {
    drop(baseGradient(tape, linear, { shape: of.shape, onto: null }));
    adapterScratch(tape, linear, of.shape);
  }
  return gradient;
};

/**
 * `LoRA_QKV`, `LoRA_W`: linears of one input with their adapters, as one node. It saves the input, and for each linear what dropout left of
 * it. `overInput` (q, k, v): backward writes the gradient of the input over the input itself; else (output projection) it makes a new
 * tensor.
 *
 * @see fms_acceleration_foak/fused_ops/unsloth_lora/bnb/fast_lora.py; utils.py, `matmul_lora`
 */
export const fusedLora = (linears: readonly Fusable[], x: Tensor, overInput: boolean): readonly Tensor[] =>
  call(
    linears[0]?.name ?? "",
    (input): readonly Tensor[] => {
      const { tape, shape } = input;
      const adapters = linears.flatMap(({ adapter }) => Object.values(lowRankOf(adapter)));
      const node = startNode("fused_lora", [input, ...adapters], (_, self) => {
        const ofAdapters = linears.flatMap((linear) => adapterGradients(tape, linear, shape));
        // The input is what the node saved first.
        const onto = overInput ? unpackSaved(self, 0, input) : null;
        return [inputGradient(tape, linears, { shape, onto }), ...ofAdapters];
      });
      const results = unrecorded(tape, "fused_lora", () => linears.map((linear) => matmulLora(linear, input)));
      const outputs = results.map(([out]) => bind(attach(out, node)));
      const kept = [input, ...adapters, ...results.map(([, dropped]) => dropped)];
      if (node !== null) for (const saved of kept) save(node, saved);
      for (const [, dropped] of results) drop(dropped);
      return outputs;
    },
    x,
  );

/** A gradient that a kernel writes over: its storage counts as the new gradient does. */
export const overwrittenGradient = (g: Tensor): Tensor => {
  const alias = aliasOf(g, g.shape);
  alias.permuted = g.permuted;
  alias.view = g.view;
  recountAs(g.tape.recorder.ledger, alias.storage, g.tape.recorder.term);
  return alias;
};

/**
 * `Fast_RMS_Layernorm`: saves its input and one fp32 number a row; its gradient is written over the output's, and the weight gets none.
 *
 * @see fms_acceleration_foak/kernels/unsloth/rms_layernorm.py
 */
export const fastRmsNorm = (loaded: Loaded, name: string, x: Tensor): Tensor =>
  call(
    name,
    (input) => {
      const { tape } = input;
      const kernel = "fast_rms_layernorm";
      const weight = tensorOf(loaded, `${name}.weight`);
      const node = startNode(kernel, [input, weight], (gradients) => [
        overwrittenGradient(arrivedGradient(gradients)),
        null,
      ]);
      const output = attach(freshBy(tape, { name: kernel, shape: input.shape, dtype: input.dtype }), node);
      const r = freshBy(tape, { name: kernel, shape: withLast(input.shape, 1), dtype: "fp32" });
      if (node !== null) for (const saved of [input, weight, r]) save(node, saved);
      drop(r);
      return output;
    },
    x,
  );

/** `Fast_RoPE_Embedding`: rotates in place, forward and backward. @see fms_acceleration_foak/kernels/unsloth/rope_embedding.py */
export const fastRotary: ApplyRotary = (q, k) => {
  const rotated = (x: Tensor): Tensor =>
    recordView(x, {
      name: "fast_rope_embedding",
      shape: x.shape,
      permuted: x.permuted,
      backward: (gradients) => [overwrittenGradient(arrivedGradient(gradients))],
    });
  return [rotated(q), rotated(k)];
};

/**
 * `Fast_CrossEntropyLoss`: two fp32 numbers a token, the loss and a log-sum-exp; the gradient is written over the logits.
 *
 * @see fms_acceleration_foak/kernels/unsloth/cross_entropy_loss.py
 */
export const fastCrossEntropy = (logits: Tensor, labels: Tensor): Tensor => {
  const { tape, shape } = logits;
  const kernel = "fast_cross_entropy_loss";
  const numbers = { name: kernel, shape: shapeOf("b", "s"), dtype: "fp32" } as const;
  // The node saved the logits, so they are still there.
  const node = startNode(kernel, [logits], () => [aliasOf(logits, shape)]);
  const losses = attach(freshBy(tape, numbers), node);
  const logSumExp = freshBy(tape, numbers);
  if (node !== null) for (const saved of [logits, logSumExp, labels]) save(node, saved);
  drop(logSumExp);
  consume(logits);
  return record({ name: "sum", inputs: [losses], shape: shapeOf(1), dtype: "fp32", backward: likeInput });
};
