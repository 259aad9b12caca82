// LoHa and LoKr: updates as large as the weight, from Hadamard or Kronecker products.

import { baseLinear } from "#calc/modules/linear.ts";
import { type Adapter, type LoadedLinear, type Tuner, adapterTensorOf } from "#calc/modules/loaded-modules.ts";
import { add } from "#calc/tape/ops/arithmetic.ts";
import { linear as matmul } from "#calc/tape/ops/products.ts";
import { to, view } from "#calc/tape/ops/views.ts";
import { bind, rebind, scoped } from "#calc/tape/scope.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import { hadaWeight, matrixProduct, kron } from "#calc/tape/ops/tuner-products.ts";
import type { TunerTensor } from "#calc/model/tuners.ts";
import { scale } from "#calc/tape/ops/unary.ts";

/** Makes a matrix as large as the weight out of an adapter's tensors. */
type DeltaWeight = (adapter: Adapter, module: LoadedLinear) => Tensor;

/** `F.linear(input.to(delta_weight.dtype), delta_weight)` */
const deltaActivations = (x: Tensor, deltaWeight: () => Tensor): Tensor =>
  scoped(x.tape, () => {
    bind(x);
    const delta_weight = bind(scoped(x.tape, deltaWeight));
    const input = bind(to(x, delta_weight.dtype));
    return matmul(input, delta_weight, null);
  });

/**
 * The forward of LyCORIS' tuners: the result of the base, and of a product with a matrix as large as the weight, made anew in each forward.
 *
 * @see peft 0.21, tuners/loha/layer.py and tuners/lokr/layer.py, `forward`, `Linear._get_delta_activations`
 */
const withDeltaWeight =
  (deltaWeight: DeltaWeight): Tuner["forward"] =>
  (module, adapter, x) => {
    let result = bind(baseLinear(module, x));
    const delta = deltaActivations(x, () => deltaWeight(adapter, module));
    result = rebind(result, add(result, delta));
    return to(result, x.dtype);
  };

const NAMES = ["hada_w1_a", "hada_w1_b", "hada_w2_a", "hada_w2_b"] as const;

/**
 * LoHa: the elementwise product of two matrices of low rank, each as large as the weight. PEFT has it for `nn.Linear` in 16 or 32 bits; its own
 * dropouts, of ranks and of whole modules, are not counted.
 *
 * @see peft 0.21, tuners/loha/layer.py, `create_adapter_parameters`, `HadaWeight`; Hyeon-Woo et al. 2021, "FedPara"
 */
export const loha: Tuner = {
  id: "loha",
  tensors: ({ kind, in_features, out_features }, { r }) => {
    if (kind !== "linear") return [];
    return NAMES.map((name) => ({ name, shape: name.endsWith("a") ? [out_features, r] : [r, in_features] }));
  },
  forward: withDeltaWeight((adapter) => {
    const named = (name: (typeof NAMES)[number]): Tensor => adapterTensorOf(adapter, name);
    return hadaWeight([named("hada_w1_a"), named("hada_w1_b"), named("hada_w2_a"), named("hada_w2_b")]);
  }),
  divides: null,
  bases: [],
  leavesConv1D: true,
  inLibraries: false,
};

const [W1, W2, W2_A, W2_B] = ["lokr_w1", "lokr_w2", "lokr_w2_a", "lokr_w2_b"] as const;

/** The two factors of a number that lie nearest each other, the smaller first: 4,096 → [64, 64], 127 → [1, 127]. */
const factorization = (dimension: number): readonly [number, number] => {
  let smaller = Math.floor(Math.sqrt(dimension));
  while (dimension % smaller !== 0) smaller--;
  return [smaller, dimension / smaller];
};

/** The second factor is whole where the rank is at least half its longer side. */
const secondFactor = ([rows, columns]: readonly [number, number], r: number): readonly TunerTensor[] =>
  r < Math.max(rows, columns) / 2
    ? [
        { name: W2_A, shape: [rows, r] },
        { name: W2_B, shape: [r, columns] },
      ]
    : [{ name: W2, shape: [rows, columns] }];

const w2Of = (adapter: Adapter): Tensor =>
  adapter.tensors.has(W2)
    ? adapterTensorOf(adapter, W2)
    : matrixProduct(adapterTensorOf(adapter, W2_A), adapterTensorOf(adapter, W2_B));

/** `make_kron(w1, w2, scaling)` */
const scaledKron = (w1: Tensor, w2: Tensor): Tensor =>
  scoped(w1.tape, () => {
    const rebuild = bind(kron(w1, w2));
    return scale(rebuild);
  });

/**
 * LoKr: a Kronecker product of a small matrix and one of low rank, as large as the weight. PEFT has it for `nn.Linear` in 16 or 32 bits; `decompose_both`
 * and its own dropouts, of ranks and of whole modules, are not counted.
 *
 * @see peft 0.21, tuners/lokr/layer.py, `update_layer`, `get_delta_weight`, `factorization`; Yeh et al. 2023, "LyCORIS"
 */
export const lokr: Tuner = {
  id: "lokr",
  tensors: ({ kind, in_features, out_features }, { r }) => {
    if (kind !== "linear") return [];
    const [[out_l, out_k], [in_m, in_n]] = [factorization(out_features), factorization(in_features)];
    return [{ name: W1, shape: [out_l, in_m] }, ...secondFactor([out_k, in_n], r)];
  },
  forward: withDeltaWeight((adapter, { weight }) => {
    const w1 = adapterTensorOf(adapter, W1);
    const w2 = bind(w2Of(adapter));
    const delta = bind(scaledKron(w1, w2));
    return rebind(delta, view(delta, weight.shape));
  }),
  divides: null,
  bases: [],
  leavesConv1D: true,
  inLibraries: false,
};
