// LitGPT's linears with LoRA, its fused query, key and value projection, and Fabric's 4-bit product.

import { withMarks } from "#calc/tape/recorder.ts";
import { consume, drop, fresh } from "#calc/tape/tensor.ts";
import type { StepOptions } from "#calc/model/step-options.ts";
import { assert } from "#calc/base/guards.ts";
import { arrivedGradient, attach, saveAsAttribute, startNode, record } from "#calc/tape/operation.ts";
import { shapeOf, withLast, lastDim } from "#calc/tape/ledger/shape.ts";
import type { Tape, Tensor } from "#calc/tape/tape.ts";
import { type LoadedLinear, type Adapter, type Loaded, linearOf } from "./loaded-modules.ts";
import { baseLinear } from "./linear.ts";
import { lowRankOf } from "#calc/modules/tuners/lora.ts";
import { castForMatmul } from "#calc/tape/autocast.ts";
import { add } from "#calc/tape/ops/arithmetic.ts";
import { catAll } from "#calc/tape/ops/views.ts";
import { dropout, scale } from "#calc/tape/ops/unary.ts";
import { linear } from "#calc/tape/ops/products.ts";
import { bind, call } from "#calc/tape/scope.ts";

/** Fabric's plugin computes in bf16. A matrix was quantised from a half-precision copy, so it is dequantised to fp16, and then cast. */
const COMPUTE = "bf16";
const DEQUANTIZED = "fp16";

/** The scratch of a product with a 4-bit matrix: the matrix dequantised, and its cast. */
export const dequantizeForFabric = (tape: Tape, rows: number, columns: number): readonly Tensor[] => {
  const shape = shapeOf(rows, columns);
  return withMarks(tape.recorder, { term: "workspace" }, () => [
    fresh(tape, shape, DEQUANTIZED),
    fresh(tape, shape, COMPUTE),
  ]);
};

/**
 * Whether this LitGPT requires bitsandbytes before 0.43, whose 4-bit product keeps its input.
 *
 * @see litgpt 0.4.13, pyproject.toml (`bitsandbytes==0.42.0`)
 */
export const keepsInputOf4bit = ({ modelling }: StepOptions): boolean => modelling === "litgpt-0.4";

/**
 * `MatMul4Bit` of bitsandbytes behind Fabric's plugin, for one matrix, or for several that LitGPT has as one. The weight is dequantised to
 * fp16 and cast, in forward and in backward. Before 0.43 the input is an attribute of the context (`ctx.tensors = (A, B)`), which lives as
 * long as the graph.
 *
 * @see bitsandbytes 0.42, autograd/_functions.py, `MatMul4Bit`; lightning/fabric/plugins/precision/bitsandbytes.py, `quantize` (`torch.half`)
 * @internal
 */
export const fabricLinear4bit = (options: StepOptions, modules: readonly LoadedLinear[], x: Tensor): Tensor => {
  const { tape, shape } = x;
  let rows = 0;
  let columns = 0;
  for (const { dequantized } of modules) {
    assert(dequantized !== null, "a 4-bit linear has a packed weight");
    rows += Number(dequantized.dims[0]);
    columns = Number(dequantized.dims[1]);
  }
  const node = startNode("matmul_4bit", [x], (gradients) => {
    dequantizeForFabric(tape, rows, columns);
    const gradient = fresh(tape, shape, arrivedGradient(gradients).dtype);
    gradient.view = true;
    return [gradient];
  });
  const [scratch, product] = withMarks(tape.recorder, { op: "matmul_4bit" }, () => [
    dequantizeForFabric(tape, rows, columns),
    fresh(tape, withLast(shape, rows), COMPUTE),
  ]);
  const y = attach(product, node);
  if (node !== null && keepsInputOf4bit(options)) saveAsAttribute(node, x);
  for (const tensor of scratch) drop(tensor);
  consume(x);
  return y;
};

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
      const { dtype } = arrivedGradient(gradients);
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
