// LoRA and LoRA-FA: matrices A and B beside linears, on 16-bit and 4-bit bases.

import type { Matrix, TunerTensor } from "#calc/model/tuners.ts";
import {
  type Adapter,
  adapterTensorOf,
  type MatrixCut,
  type LoadedLinear,
  type Tuner,
} from "#calc/modules/loaded-modules.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import { baseLinear } from "#calc/modules/linear.ts";
import { to } from "#calc/tape/ops/views.ts";
import { clone, dropout, scale } from "#calc/tape/ops/unary.ts";
import { bind, rebind, call } from "#calc/tape/scope.ts";
import { add } from "#calc/tape/ops/arithmetic.ts";
import { linear as matmul } from "#calc/tape/ops/products.ts";

const A = "lora_A.weight";
const B = "lora_B.weight";

/** A is [rank, in], B is [out, rank]: for a linear, an embedding, or fused experts, each of which has its part of one A and one B. */
export const lowRankTensors = ({ in_features, out_features }: Matrix, rank: number): readonly TunerTensor[] => [
  { name: A, shape: [rank, in_features] },
  { name: B, shape: [out_features, rank] },
];

/** A and B of an adapter that has them. */
export const lowRankOf = (adapter: Adapter): Readonly<{ A: Tensor; B: Tensor }> => ({
  A: adapterTensorOf(adapter, A),
  B: adapterTensorOf(adapter, B),
});

/** Whether an adapter has A and B. Kernels that know only LoRA take no other. */
export const isLowRank = ({ tensors }: Adapter): boolean => tensors.has(A);

/** A matrix cut by columns has its B cut, one cut by rows its A. @see peft 0.21, tuners/lora/model.py, `add_lora_tp_hooks_dtensor` */
export const dividesLowRank = (cut: MatrixCut): readonly string[] => (cut === "columns" ? ["lora_B"] : ["lora_A"]);

/**
 * Makes a linear's output with its adapter, from the input of the adapter and the result of the base layer. The caller has names for both.
 */
type WithAdapter = (module: LoadedLinear, adapter: Adapter, tensors: readonly [x: Tensor, result: Tensor]) => Tensor;

/** LoRA of PEFT, or a variant of it, on a base of 16 bits and on one of 4 bits. */
export type LoraVariant = Readonly<{ onPlainBase: WithAdapter; onFourBitBase: WithAdapter }>;

/** `peft.tuners.lora.layer.Linear.forward`. */
const plainForward =
  ({ onPlainBase }: LoraVariant): Tuner["forward"] =>
  (module, adapter, x) => {
    let result = bind(baseLinear(module, x));
    const resultType = result.dtype;
    const input = bind(to(x, lowRankOf(adapter).A.dtype));
    result = rebind(result, onPlainBase(module, adapter, [input, result]));
    return to(result, resultType);
  };

/**
 * `peft.tuners.lora.bnb.Linear4bit.forward`: clones the result of the base. Under autocast it does not cast x itself, and the sum keeps its
 * dtype.
 *
 * @see peft/tuners/lora/bnb.py
 */
const fourBitForward =
  ({ onFourBitBase }: LoraVariant): Tuner["forward"] =>
  (module, adapter, x) => {
    let result = bind(baseLinear(module, x));
    result = rebind(result, clone(result));
    const input = x.tape.autocast.element === null ? bind(to(x, lowRankOf(adapter).A.dtype)) : x;
    return onFourBitBase(module, adapter, [input, result]);
  };

/** A linear with LoRA's adapter, or a variant's. */
export const loraLinear = (variant: LoraVariant): Tuner["forward"] => {
  const [plain, fourBit] = [plainForward(variant), fourBitForward(variant)];
  return (module, adapter, x) => (module.dequantized === null ? plain : fourBit)(module, adapter, x);
};

/** lora_B(lora_A(dropout(x))) */
const adapted = (adapter: Adapter, x: Tensor): Tensor => {
  const { A, B } = lowRankOf(adapter);
  const dropped = adapter.dropout === 0 ? x : call("lora_dropout", (input) => dropout(input, adapter.dropout), x);
  const low = call("lora_A", (input) => matmul(input, A, null), dropped);
  return call("lora_B", (input) => matmul(input, B, null), low);
};

/**
 * LoRA: result + scaling · B(A(dropout(x))). On a 4-bit base without autocast the second summand is cast to the dtype of the result first.
 *
 * @see peft/tuners/lora/layer.py, `Linear.forward`; peft/tuners/lora/bnb.py, `Linear4bit.forward`
 */
export const lora: Tuner = {
  id: "lora",
  tensors: (matrix, { r }) => lowRankTensors(matrix, r),
  forward: loraLinear({
    onPlainBase: (_, adapter, [x, result]) => add(result, scale(adapted(adapter, x))),
    onFourBitBase: (_, adapter, [x, result]) => {
      let output = bind(scale(adapted(adapter, x)));
      if (x.tape.autocast.element === null) output = rebind(output, to(output, result.dtype));
      return add(result, output);
    },
  }),
  divides: dividesLowRank,
  bases: ["bnb-4bit", "bnb-8bit", "gptq", "flat"],
  inLibraries: true,
};

/**
 * LoRA-FA: LoRA whose A is frozen, so that no input of an adapter is kept for A's gradient. Its states are those of the chosen optimizer for B alone.
 * It is counted beside linears alone; PEFT's function also freezes A of fused experts, and leaves embeddings' (`lora_embedding_A`) trained.
 *
 * @see peft 0.21.2, optimizers/lorafa.py, `create_lorafa_optimizer`; Zhang et al. 2023, "LoRA-FA"
 */
export const lorafa: Tuner = {
  ...lora,
  id: "lorafa",
  tensors: (matrix, config, base) =>
    matrix.kind === "linear"
      ? lora
          .tensors(matrix, config, base)
          .map((tensor) => (tensor.name.startsWith("lora_A") ? { ...tensor, frozen: true } : tensor))
      : [],
  divides: null,
  bases: ["bnb-4bit", "bnb-8bit", "gptq"],
  inLibraries: false,
};
