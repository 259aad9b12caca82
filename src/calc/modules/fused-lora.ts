import { repeatHeads } from "#calc/tape/ops/products.ts";
import { rebind, bind, call } from "#calc/tape/scope.ts";
import type { Heads, Tensor, Tape } from "#calc/tape/tape.ts";
import { groupsOf } from "./heads.ts";
import { unrecorded } from "#calc/tape/autograd.ts";
import { withMarks } from "#calc/tape/recorder.ts";
import { aliasOf, drop, fresh } from "#calc/tape/tensor.ts";
import { dropout } from "#calc/tape/ops/unary.ts";
import { attach, save, startNode, unpacked } from "#calc/tape/record.ts";
import { type Shape, withLast } from "#calc/tape/ledger/shape.ts";
import { type Adapter, type Loaded, type LoadedLinear, linearOf } from "./loaded-modules.ts";
import { isLowRank, lowRankOf } from "./tuners/lora.ts";

/** Repeats keys and values for every query head that shares them. */
export const repeatedKeys = (heads: Heads): Heads => {
  const groups = groupsOf(heads);
  const repeated = (states: Tensor): Tensor => (groups > 1 ? rebind(states, repeatHeads(states, groups)) : states);
  return { query: heads.query, key: repeated(heads.key), value: repeated(heads.value) };
};

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
        const onto = overInput ? unpacked(self, 0, input) : null;
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
