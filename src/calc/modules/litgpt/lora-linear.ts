import { fresh } from "#calc/tape/tensor.ts";
import { baseLinear } from "#calc/modules/linear.ts";
import { type Adapter, type Loaded, type LoadedLinear, linearOf } from "#calc/modules/loaded.ts";
import { lowRankOf } from "#calc/modules/tuners/low-rank.ts";
import { castForMatmul } from "#calc/tape/autocast.ts";
import { add } from "#calc/tape/ops/arithmetic.ts";
import { catAll } from "#calc/tape/ops/views.ts";
import { dropout, scale } from "#calc/tape/ops/unary.ts";
import { linear } from "#calc/tape/ops/products.ts";
import { arrived, record } from "#calc/tape/record.ts";
import { bind, call } from "#calc/tape/scope.ts";
import { lastDim, withLast } from "#calc/tape/ledger/shape.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import { fabricLinear4bit } from "./linear-4bit.ts";

/** `self.linear(x)` */
const plain = ({ options }: Loaded, module: LoadedLinear, x: Tensor): Tensor =>
  module.dequantized === null
    ? baseLinear(module, x)
    : call(module.name, (input) => fabricLinear4bit(options, [module], input), x);

/** `dropout(x) @ A @ B`, before it is scaled. */
const lowRank = (adapter: Adapter, dropped: Tensor): Tensor => {
  const { A, B } = lowRankOf(adapter);
  return linear(linear(dropped, A, null), B, null);
};

/** `LoRALinear.forward`. @see litgpt/lora.py */
export const litgptLinear = (loaded: Loaded, name: string, x: Tensor): Tensor => {
  const module = linearOf(loaded, name);
  const { adapter } = module;
  if (adapter === null) return plain(loaded, module, x);
  return call(
    name,
    (input) => {
      const pretrained = bind(plain(loaded, module, input));
      return add(pretrained, scale(lowRank(adapter, dropout(input, adapter.dropout))));
    },
    x,
  );
};

/** Concatenates the outputs of several linears of one input, or of their adapters (`conv1d` by groups). */
const sideBySide = (parts: readonly Tensor[]): Tensor => {
  const [first, ...others] = parts as readonly [Tensor, ...Tensor[]];
  if (others.length === 0) return first;
  const width = parts.reduce((sum, { shape }) => sum + Number(lastDim(shape)), 0);
  return catAll([first, ...others], withLast(first.shape, width));
};

/** One product for queries, keys and values. Several, where some weights are packed and others are not, because these are trained whole. */
const oneProduct = (loaded: Loaded, modules: readonly LoadedLinear[], x: Tensor): Tensor => {
  const { tape, shape } = x;
  const rows = modules.reduce((sum, { weight, dequantized }) => sum + Number((dequantized ?? weight.shape).dims[0]), 0);
  if (modules.every(({ dequantized }) => dequantized !== null)) return fabricLinear4bit(loaded.options, modules, x);
  if (modules.some(({ dequantized }) => dequantized !== null))
    return sideBySide(modules.map((module) => plain(loaded, module, x)));
  const biases = modules.flatMap(({ bias }) => (bias === null ? [] : [castForMatmul(bias)]));
  const weights = modules.map(({ weight }) => castForMatmul(weight));
  const input = castForMatmul(x);
  const parameters = [...weights, ...biases].map(({ node, shape: ofParameter }) =>
    node === null ? null : ofParameter,
  );
  const [trained, xNeeds] = [weights.some(({ node }) => node !== null), input.node !== null];
  return record({
    name: "mm",
    inputs: [input, ...weights, ...biases],
    shape: withLast(shape, rows),
    dtype: input.dtype,
    saves: [trained && input, ...weights.map((weight) => xNeeds && weight)],
    backward: (gradients) => {
      const { dtype } = arrived(gradients);
      const ofParameters = parameters.map((wanted) => (wanted === null ? null : fresh(tape, wanted, dtype)));
      const ofX = xNeeds ? fresh(tape, shape, dtype) : null;
      if (ofX !== null) ofX.view = true;
      return [ofX, ...ofParameters];
    },
  });
};

/**
 * `zero_pad`: `index_copy` writes the outputs of the adapters into zeros, where some of q, k and v have none. It saves its source only for
 * the shape.
 */
const zeroPad = (source: Tensor, shape: Tensor["shape"]): Tensor => {
  const { tape, dtype, shape: from } = source;
  return record({
    name: "index_copy",
    inputs: [source],
    shape,
    dtype,
    saves: [source],
    backward: () => [fresh(tape, from, dtype)],
  });
};

/** `LoRAQKVLinear.forward`: one projection, adapters on some of its parts. @see litgpt/lora.py */
export const litgptQkv = (loaded: Loaded, path: string, x: Tensor): Tensor =>
  call(
    path,
    (input) => {
      const modules = ["q_proj", "k_proj", "v_proj"].map((name) => linearOf(loaded, `${path}.${name}`));
      const adapters = modules.flatMap(({ adapter }) => (adapter === null ? [] : [adapter]));
      const [first] = adapters;
      const pretrained = oneProduct(loaded, modules, input);
      if (first === undefined) return pretrained;
      bind(pretrained);
      const dropped = bind(castForMatmul(dropout(input, first.dropout)));
      const after_B = sideBySide(adapters.map((adapter) => lowRank(adapter, dropped)));
      const lora = adapters.length === modules.length ? after_B : zeroPad(after_B, pretrained.shape);
      return add(pretrained, scale(lora));
    },
    x,
  );
