import type { TunerTensor } from "#calc/model/tuner-tensors.ts";
import { type Adapter, adapterTensorOf, type Tuner } from "#calc/modules/loaded.ts";
import { matrixProduct } from "#calc/tape/ops/fold-product.ts";
import { kron } from "#calc/tape/ops/kron.ts";
import { scale } from "#calc/tape/ops/unary.ts";
import { view } from "#calc/tape/ops/view.ts";
import { bind, rebind, scoped } from "#calc/tape/scope.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import { withDeltaWeight } from "./delta-weight.ts";

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
