// Unsloth's fused linears and MLP with LoRA, as single autograd nodes.

import { unrecorded } from "#calc/tape/autograd.ts";
import { drop, fresh } from "#calc/tape/tensor.ts";
import { arrivedGradient, attach, save, startNode, unpackSaved } from "#calc/tape/operation.ts";
import { bind, call } from "#calc/tape/scope.ts";
import { type Shape, withLast } from "#calc/tape/ledger/shape.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import { type Adapted, adaptersOf, inputWidth, outputWidth, rankOf, withWeight } from "./lora-kernels.ts";
import { linearOf, type Loaded, type LoadedLinear } from "./loaded-modules.ts";
import { lowRankOf } from "./tuners/lora.ts";

/**
 * How `matmul_lora` adds an adapter's part: it makes a product of the output's size first (until February 2025), or adds with `addmm_`, in
 * place.
 */
export type AdapterSum = "product" | "in place";

/** Whether the kernels take a linear: with a LoRA adapter without dropout, and without a bias. */
const isTaken = (linear: LoadedLinear): linear is Adapted =>
  linear.bias === null && linear.adapter !== null && linear.adapter.tuner.id === "lora" && linear.adapter.dropout === 0;

/** The linears of these names, if the kernels take them all. */
export const linearsOfKernel = (layer: Loaded, names: readonly string[]): readonly Adapted[] | null => {
  const linears = names.map((name) => linearOf(layer, name));
  return linears.every(isTaken) ? linears : null;
};

/** Scratch of an adapter: x A and, unless it is added in place, the product of that with B, in the shape of the output. */
const adapterScratch = (
  linear: Adapted,
  x: Tensor,
  { shape, sum }: Readonly<{ shape: Shape; sum: AdapterSum }>,
): void => {
  const low = fresh(x.tape, withLast(x.shape, rankOf(linear)), x.dtype);
  if (sum === "product") drop(fresh(x.tape, shape, x.dtype));
  drop(low);
};

/** `matmul_lora`: x times the weight (or its transpose), plus the adapter's part. */
const matmulLora = (
  linear: Adapted,
  x: Tensor,
  { width, sum }: Readonly<{ width: Shape["dims"][number]; sum: AdapterSum }>,
): Tensor => {
  const shape = withLast(x.shape, width);
  const out = withWeight(linear, x.dtype, () => fresh(x.tape, shape, x.dtype));
  adapterScratch(linear, x, { shape, sum });
  return out;
};

/** Gradients of A and B of each linear, in the dtype of the activations. */
const adapterGradients = (linears: readonly Adapted[], { tape, shape, dtype }: Tensor): readonly Tensor[] =>
  linears.flatMap((linear) => {
    const { A, B } = lowRankOf(linear.adapter);
    const low = fresh(tape, withLast(shape, rankOf(linear)), dtype);
    const gradients = [fresh(tape, A.shape, dtype), fresh(tape, B.shape, dtype)];
    drop(low);
    return gradients;
  });

/** The gradient of an input of several linears, in `onto`: the first part is written into it, all others are added. */
const inputGradient = (linears: readonly Adapted[], onto: Tensor, sum: AdapterSum): Tensor => {
  linears.forEach((linear, index) => {
    withWeight(linear, onto.dtype, () => {
      if (index > 0 && sum === "product") drop(fresh(onto.tape, onto.shape, onto.dtype));
    });
    adapterScratch(linear, onto, { shape: onto.shape, sum });
  });
  return onto;
};

/**
 * `LoRA_QKV`, `LoRA_W`: linears of one input with their adapters, as one node, which saves only that input. `overInput` (q, k, v): backward
 * writes the gradient of the input over the input itself; else (output projection) it makes a new tensor.
 *
 * @see unsloth/kernels/fast_lora.py; unsloth/kernels/utils.py, `matmul_lora`
 */
export const unslothLinears = (
  linears: readonly Adapted[],
  x: Tensor,
  { overInput, sum }: Readonly<{ overInput: boolean; sum: AdapterSum }>,
): readonly Tensor[] =>
  call(
    linears[0]?.name ?? "",
    (input): readonly Tensor[] => {
      const { tape, shape, dtype } = input;
      const adapters = adaptersOf(linears);
      const node = startNode("unsloth_lora", [input, ...adapters], (_, self) => {
        const ofAdapters = adapterGradients(linears, input);
        // The input is what the node saved first.
        const onto = overInput ? unpackSaved(self, 0, input) : fresh(tape, shape, dtype);
        return [inputGradient(linears, onto, sum), ...ofAdapters];
      });
      const results = unrecorded(tape, "unsloth_lora", () =>
        linears.map((linear) => matmulLora(linear, input, { width: outputWidth(linear), sum })),
      );
      const outputs = results.map((out) => bind(attach(out, node)));
      if (node !== null) for (const saved of [input, ...adapters]) save(node, saved);
      return outputs;
    },
    x,
  );

/**
 * `LoRA_MLP`: gate, up, SwiGLU and down as one node, which saves the input and the results of gate and up. Backward makes one tensor of
 * their width and writes over all three. It writes the gradient of the input over the input.
 *
 * @see unsloth/kernels/fast_lora.py, `LoRA_MLP`; unsloth/kernels/swiglu.py, `swiglu_DWf_DW_dfg_kernel`
 */
export const unslothMlp = (
  [gate, up, down]: readonly [Adapted, Adapted, Adapted],
  x: Tensor,
  sum: AdapterSum,
): Tensor =>
  call(
    "mlp",
    (input) => {
      const { tape } = input;
      const adapters = adaptersOf([gate, up, down]);
      const node = startNode("unsloth_mlp", [input, ...adapters], (gradients, self) => {
        const ofProduct = matmulLora(down, arrivedGradient(gradients), { width: inputWidth(down), sum });
        const ofAdapters = adapterGradients([gate, up, down], input);
        const ofInput = inputGradient([up, gate], unpackSaved(self, adapters.length, input), sum);
        drop(ofProduct);
        return [ofInput, ...ofAdapters];
      });
      const [e, g, out] = unrecorded(tape, "unsloth_mlp", () => {
        const gated = matmulLora(gate, input, { width: outputWidth(gate), sum });
        const upped = matmulLora(up, input, { width: outputWidth(up), sum });
        const product = fresh(tape, upped.shape, upped.dtype);
        const result = matmulLora(down, product, { width: outputWidth(down), sum });
        drop(product);
        return [gated, upped, result] as const;
      });
      if (node !== null) for (const saved of [...adapters, input, e, g]) save(node, saved);
      drop(e);
      drop(g);
      return attach(out, node);
    },
    x,
  );
