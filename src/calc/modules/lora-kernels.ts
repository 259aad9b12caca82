// Axolotl's fused kernels for linears and MLPs with LoRA.

import type { Element } from "#calc/base/dtypes.ts";
import { type Shape, withLast } from "#calc/tape/ledger/shape.ts";
import { withMarks } from "#calc/tape/recorder.ts";
import type { Tensor, GradNode } from "#calc/tape/tape.ts";
import { drop, fresh, aliasOf } from "#calc/tape/tensor.ts";
import type { Adapter, LoadedLinear, Loaded } from "./loaded-modules.ts";
import { lowRankOf } from "./tuners/lora.ts";
import { unrecorded } from "#calc/tape/autograd.ts";
import { dropout } from "#calc/tape/ops/unary.ts";
import { arrivedGradient, attach, save, startNode, unpackSaved } from "#calc/tape/operation.ts";
import { bind, call } from "#calc/tape/scope.ts";

/** A linear with a LoRA adapter, which kernels take together with it. */
export type Adapted = LoadedLinear & Readonly<{ adapter: Adapter }>;

type Dim = Shape["dims"][number];

/** r: the rows of A. */
export const rankOf = ({ adapter }: Adapted): Dim => lowRankOf(adapter).A.shape.dims[0] ?? 1;

/** The columns of A. */
export const inputWidth = ({ adapter }: Adapted): Dim => lowRankOf(adapter).A.shape.dims[1] ?? 1;

/** The rows of B. */
export const outputWidth = ({ adapter }: Adapted): Dim => lowRankOf(adapter).B.shape.dims[0] ?? 1;

/** A and B of each linear, in turn. */
export const adaptersOf = (linears: readonly Adapted[]): readonly Tensor[] =>
  linears.flatMap(({ adapter }) => Object.values(lowRankOf(adapter)));

/** Runs `run` while the weight is dequantised. The weight of a base that is not quantised is there anyway. */
export const withWeight = <Result>({ dequantized, weight }: Adapted, dtype: Element, run: () => Result): Result => {
  if (dequantized === null) return run();
  const whole = withMarks(weight.tape.recorder, { term: "workspace" }, () => fresh(weight.tape, dequantized, dtype));
  const result = run();
  drop(whole);
  return result;
};

const isTaken = (linear: LoadedLinear | undefined): linear is Adapted => linear?.adapter?.tuner.id === "lora";

/** The linears of these names, where fused kernels run and take them all. */
export const kernelLinears = (layer: Loaded, names: readonly string[]): readonly Adapted[] | null => {
  if (!layer.options.kernels?.lora) return null;
  const linears = names.map((name) => layer.linears.get(name));
  return linears.every(isTaken) ? linears : null;
};

/** A and B in the type of the activations, as `A.to(dtype)` has them: copies, or themselves. */
const castAdapter = ({ adapter }: Adapted, dtype: Element): readonly Tensor[] => {
  const { A, B } = lowRankOf(adapter);
  return [A, B].map((tensor) =>
    tensor.dtype === dtype ? aliasOf(tensor, tensor.shape) : fresh(tensor.tape, tensor.shape, dtype),
  );
};

/** `matmul_lora`: x times the weight, to which x A B is added in place. */
const matmulLora = (linear: Adapted, x: Tensor, width: Dim): Tensor => {
  const { tape, shape, dtype } = x;
  const out = withWeight(linear, dtype, () => fresh(tape, withLast(shape, width), dtype));
  const copies = castAdapter(linear, dtype);
  drop(fresh(tape, withLast(shape, rankOf(linear)), dtype));
  copies.forEach(drop);
  return out;
};

/** Gradients of A and B, and dY B, which the gradient of the input takes too. */
type OfAdapter = Readonly<{ low: Tensor; gradients: readonly Tensor[] }>;

const adapterGradients = (linear: Adapted, { tape, shape, dtype }: Tensor): OfAdapter => {
  const { A, B } = lowRankOf(linear.adapter);
  const lowShape = withLast(shape, rankOf(linear));
  const low = fresh(tape, lowShape, dtype);
  const gradients = [fresh(tape, A.shape, dtype), fresh(tape, B.shape, dtype)];
  drop(fresh(tape, lowShape, dtype));
  return { low, gradients };
};

/** The gradient of the input of several linears: a new tensor, made with the first weight; each other is dequantised again, and added in place. */
const inputGradient = (linears: readonly Adapted[], { tape, shape, dtype }: Tensor): Tensor => {
  const [first, ...others] = linears as readonly [Adapted, ...Adapted[]];
  const gradient = withWeight(first, dtype, () => fresh(tape, shape, dtype));
  for (const other of others) withWeight(other, dtype, () => undefined);
  return gradient;
};

/** The input after the dropout that all adapters of one input share; null without dropout. */
const droppedOut = ({ adapter }: Adapted, x: Tensor): Tensor | null =>
  adapter.dropout === 0 ? null : bind(dropout(x, adapter.dropout));

/** Saves the input, as it is and after dropout, what else is given, and the adapters in the type of the activations. */
const saveAll = (
  node: GradNode | null,
  linears: readonly Adapted[],
  [input, ...others]: readonly [Tensor, ...Tensor[]],
): void => {
  if (node === null) return;
  for (const saved of [input, ...others]) save(node, saved);
  for (const linear of linears)
    for (const copy of castAdapter(linear, input.dtype)) {
      save(node, copy);
      drop(copy);
    }
};

/**
 * `LoRA_QKV`, `LoRA_O`: linears of one input with their adapters, as one node, which saves that input once. Dropout is outside of it, once for all.
 *
 * @see axolotl/kernels/lora.py (0.18): from PR #3800 (July 2026) on the gradient of the input is a tensor of its own
 */
export const loraLinears = (linears: readonly Adapted[], x: Tensor): readonly Tensor[] =>
  call(
    linears[0]?.name ?? "",
    (input): readonly Tensor[] => {
      const { tape, shape, dtype } = input;
      const dropped = droppedOut(linears[0] as Adapted, input);
      const inputs = dropped === null ? [input] : [input, dropped];
      const node = startNode("lora_linears", [...inputs, ...adaptersOf(linears)], () => {
        const ofAdapters = linears.map((linear) => adapterGradients(linear, input));
        const ofInput = inputGradient(linears, input);
        const ofDropped = dropped === null ? [] : [fresh(tape, shape, dtype)];
        for (const { low } of ofAdapters) drop(low);
        return [ofInput, ...ofDropped, ...ofAdapters.flatMap(({ gradients }) => gradients)];
      });
      const results = unrecorded(tape, "lora_linears", () =>
        linears.map((linear) => matmulLora(linear, input, outputWidth(linear))),
      );
      const outputs = results.map((out) => bind(attach(out, node)));
      saveAll(node, linears, [input, dropped ?? input]);
      return outputs;
    },
    x,
  );

/**
 * `LoRA_MLP`: gate, up, activation and down as one node, which saves the input and the results of gate and up. Backward writes over these two, and the
 * product that is down's input over the gradient that comes through down. Without dropout before down.
 *
 * @see axolotl/kernels/lora.py, `LoRA_MLP`; axolotl/kernels/swiglu.py, geglu.py
 */
export const loraMlp = (name: string, [gate, up, down]: readonly Adapted[], x: Tensor): Tensor =>
  call(
    name,
    (input) => {
      const { tape } = input;
      const [first, second, last] = [gate, up, down] as [Adapted, Adapted, Adapted];
      const linears = [first, second, last];
      const dropped = droppedOut(first, input);
      const inputs = dropped === null ? [input] : [input, dropped];
      const node = startNode("lora_mlp", [...inputs, ...adaptersOf(linears)], (gradients, self) => {
        const ofOutput = arrivedGradient(gradients);
        const product = matmulLora(last, ofOutput, inputWidth(last));
        // Gate and up become their gradients where they are.
        const overwritten = [2, 3].map((index) => unpackSaved(self, index, product));
        const [ofDown, ofUp, ofGate] = [last, second, first].map((linear) => adapterGradients(linear, input));
        const ofInput = inputGradient([second, first], input);
        const ofDropped = dropped === null ? [] : [fresh(tape, input.shape, input.dtype)];
        const ofAdapters = [ofGate, ofUp, ofDown] as OfAdapter[];
        for (const temporary of [product, ...overwritten, ...ofAdapters.map(({ low }) => low)]) drop(temporary);
        return [ofInput, ...ofDropped, ...ofAdapters.flatMap((each) => each.gradients)];
      });
      const [gated, upped, out] = unrecorded(tape, "lora_mlp", () => {
        const ofGate = matmulLora(first, input, outputWidth(first));
        const ofUp = matmulLora(second, input, outputWidth(second));
        const product = fresh(tape, ofUp.shape, ofUp.dtype);
        const result = matmulLora(last, product, outputWidth(last));
        drop(product);
        return [ofGate, ofUp, result] as const;
      });
      saveAll(node, linears, [input, dropped ?? input, gated, upped]);
      drop(gated);
      drop(upped);
      return attach(out, node);
    },
    x,
  );
