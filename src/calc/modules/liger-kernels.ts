// Liger's kernels for norms, gated MLPs and rotary embeddings.

import { withLast } from "#calc/tape/ledger/shape.ts";
import { arrivedGradient, attach, save, startNode, unpackSaved } from "#calc/tape/operation.ts";
import { call } from "#calc/tape/scope.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import { aliasOf, consume, drop, fresh, freshBy } from "#calc/tape/tensor.ts";
import { overwrittenGradient } from "./fused-lora.ts";
import { linear } from "./linear.ts";
import { type Loaded, tensorOf } from "./loaded-modules.ts";
import type { ApplyRotary } from "./rotary.ts";

/** Whether Liger's kernels stand in for the modules of a layer. */
export const runsLiger = ({ options }: Loaded): boolean => options.kernels?.liger === true;

/** How a norm's gradient is made: over that of its output, or beside it (Gemma 2 and 3, whose residual still needs that). */
type NormGradient = "in place" | "apart";

/**
 * `LigerRMSNorm`: saves its input, its weight and one fp32 number a row. The weight has a gradient whether it is trained or not. Sums of it, one fp32 row for
 * each multiprocessor of the card, are not counted: a megabyte or two while this backward runs.
 *
 * @see liger_kernel/ops/rms_norm.py (0.8), `rms_norm_forward`, `rms_norm_backward`
 */
export const ligerNorm =
  (made: NormGradient) =>
  (loaded: Loaded, name: string, x: Tensor): Tensor =>
    call(
      name,
      (input) => {
        const { tape, shape, dtype } = input;
        const kernel = "liger_rms_norm";
        const weight = tensorOf(loaded, `${name}.weight`);
        const node = startNode(kernel, [input, weight], (gradients) => {
          const g = arrivedGradient(gradients);
          const ofWeight = fresh(tape, weight.shape, weight.dtype);
          return [made === "apart" ? fresh(tape, shape, dtype) : overwrittenGradient(g), ofWeight];
        });
        const output = attach(freshBy(tape, { name: kernel, shape, dtype }), node);
        const perRow = freshBy(tape, { name: kernel, shape: withLast(shape, 1), dtype: "fp32" });
        if (node !== null) for (const saved of [input, weight, perRow]) save(node, saved);
        drop(perRow);
        return output;
      },
      x,
    );

/** `LigerSiLUMulFunction`, `LigerGELUMulFunction`: saves both inputs; backward writes their gradients over them. @see liger_kernel/ops/swiglu.py, geglu.py */
const activatedProduct = (gate: Tensor, up: Tensor): Tensor => {
  const kernel = "liger_glu";
  const { tape, shape, dtype } = gate;
  const node = startNode(kernel, [gate, up], (_, self) => [unpackSaved(self, 0, gate), unpackSaved(self, 1, up)]);
  const product = attach(freshBy(tape, { name: kernel, shape, dtype }), node);
  if (node !== null) for (const saved of [gate, up]) save(node, saved);
  consume(gate);
  consume(up);
  return product;
};

/** `LigerSwiGLUMLP`, `LigerGEGLUMLP`, of linears with these names: the activation's result is never kept. */
export const ligerMlpOf =
  (gate: string, up: string, down: string) =>
  (loaded: Loaded, name: string, x: Tensor): Tensor =>
    call(
      name,
      (input) => {
        const gated = linear(loaded, `${name}.${gate}`, input);
        return linear(loaded, `${name}.${down}`, activatedProduct(gated, linear(loaded, `${name}.${up}`, input)));
      },
      x,
    );

/** `LigerRopeFunction`: rotates queries and keys in place, forward and backward, for which it saves the tables. @see liger_kernel/ops/rope.py */
export const ligerRotary: ApplyRotary = (q, k, { cos, sin }) => {
  const node = startNode("liger_rope", [q, k], (gradients) => gradients.map((g) => g && overwrittenGradient(g)));
  const rotated = (x: Tensor): Tensor => {
    const alias = attach(aliasOf(x, x.shape), node);
    alias.permuted = x.permuted;
    alias.view = true;
    return alias;
  };
  const both = [rotated(q), rotated(k)] as const;
  if (node !== null) for (const table of [cos, sin]) save(node, table);
  consume(q);
  consume(k);
  return both;
};
