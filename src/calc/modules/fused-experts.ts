// Reading of packed experts, and fms-acceleration's kernels for norm, rotary embedding and cross entropy.

import type { QuantizedExperts } from "#calc/model/scenario.ts";
import { bind } from "#calc/tape/scope.ts";
import { type Shape, shapeOf } from "#calc/tape/ledger/shape.ts";
import type { Tape, Tensor } from "#calc/tape/tape.ts";
import { drop, freshBy } from "#calc/tape/tensor.ts";
import { type Loaded, tensorOf } from "./loaded-modules.ts";

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
