import { adapterTensorOf, type Tuner } from "#calc/modules/loaded.ts";
import { hadaWeight } from "#calc/tape/ops/hada-weight.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import { withDeltaWeight } from "./delta-weight.ts";

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
