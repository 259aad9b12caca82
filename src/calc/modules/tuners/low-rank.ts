import type { Matrix, TunerTensor } from "#calc/model/tuners.ts";
import { type Adapter, adapterTensorOf, type MatrixCut } from "#calc/modules/loaded.ts";
import type { Tensor } from "#calc/tape/tape.ts";

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
