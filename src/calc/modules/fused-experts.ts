import type { QuantizedExperts } from "#calc/model/scenario.ts";
import { bind, call } from "#calc/tape/scope.ts";
import { type Shape, shapeOf, withLast } from "#calc/tape/ledger/shape.ts";
import type { Tape, Tensor } from "#calc/tape/tape.ts";
import { drop, freshBy, aliasOf, consume } from "#calc/tape/tensor.ts";
import { type Loaded, tensorOf } from "./loaded-modules.ts";
import { haveCountedAs } from "#calc/tape/ledger/storages.ts";
import { likeInput } from "#calc/tape/ops/operation.ts";
import { arrived, attach, record, recordView, save, startNode } from "#calc/tape/record.ts";
import type { ApplyRotary } from "./rotary.ts";

/** How packed experts of a run are read; null where none are packed. */
export const readingOf = ({ options: { method } }: Loaded): QuantizedExperts["read"] | null =>
  (method.kind === "full" ? undefined : method.experts)?.read ?? null;

/** The shape of a parameter of fused experts: of its 16-bit weights where it is packed. */
export const expertsShapeOf = (loaded: Loaded, name: string): Shape =>
  loaded.packed.get(name)?.shape ?? tensorOf(loaded, name).shape;

type Made = Readonly<{ shape: Shape; dtype: Tensor["dtype"]; term: "workspace" | "activations" }>;

const dequantized = (tape: Tape, made: Made): Tensor => freshBy(tape, { name: "dequantize", ...made });

/** Whether autograd keeps what it saves now: not in the first run of a checkpoint. */
const keepsSaved = ({ autograd, checkpoints }: Tape): boolean => autograd.recording && checkpoints.running === null;

/**
 * `Bnb4bitParametrization.forward`, under `no_grad`: fp32 statistics of nested ones for as long as the kernel runs, and all experts in the type that they were
 * loaded in. The caller drops it, or names it. `isSaved`: autograd saves it, so that it counts as an activation.
 *
 * @see bitsandbytes 0.50.2, nn/parametrize.py; functional.py, `dequantize_4bit`
 */
export const dequantizedExperts = (loaded: Loaded, name: string, isSaved: boolean): Tensor => {
  const { tape } = tensorOf(loaded, name);
  const { shape = shapeOf(), statistics = 0 } = loaded.packed.get(name) ?? {};
  const absmax =
    statistics === 0 ? null : dequantized(tape, { shape: shapeOf(statistics), dtype: "fp32", term: "workspace" });
  const term = isSaved && keepsSaved(tape) ? "activations" : "workspace";
  const weights = dequantized(tape, { shape, dtype: loaded.options.weights, term });
  if (absmax !== null) drop(absmax);
  return weights;
};

/**
 * A parameter of fused experts as a product with `x` takes it. A packed one is dequantised whole, bound in the caller's scope: the cache of parametrizations keeps it
 * until the module's call ends.
 */
export const readExperts = (loaded: Loaded, name: string, x: Tensor): Tensor =>
  loaded.packed.has(name) ? bind(dequantizedExperts(loaded, name, x.node !== null)) : tensorOf(loaded, name);

/** A gradient that a kernel writes over: its storage counts as the new gradient does. */
export const overwrittenGradient = (g: Tensor): Tensor => {
  const alias = aliasOf(g, g.shape);
  alias.permuted = g.permuted;
  alias.view = g.view;
  haveCountedAs(g.tape.recorder.ledger, alias.storage, g.tape.recorder.term);
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
      const node = startNode(kernel, [input, weight], (gradients) => [overwrittenGradient(arrived(gradients)), null]);
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
      backward: (gradients) => [overwrittenGradient(arrived(gradients))],
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
