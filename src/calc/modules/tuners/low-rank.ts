import type { Matrix, TunerTensor } from "#calc/model/tuner-tensors.ts";
import { type Adapter, adapterTensorOf, type MatrixCut } from "#calc/modules/loaded.ts";
import type { Tensor } from "#calc/tape/tape.ts";

const A = "lora_A.weight";
const B = "lora_B.weight";

/** A is [rank, in], B [out, rank]: beside linears, embeddings, and experts, all of which have their parts of one A and one B. */
export const lowRankTensors = ({ in_features, out_features }: Matrix, rank: number): readonly TunerTensor[] => [
  { name: A, shape: [rank, in_features] },
  { name: B, shape: [out_features, rank] },
];

/** The two matrices of a tuner that has such. */
export const lowRankOf = (adapter: Adapter): Readonly<{ A: Tensor; B: Tensor }> => ({
  A: adapterTensorOf(adapter, A),
  B: adapterTensorOf(adapter, B),
});

/** Whether a tuner's tensors are the two: what kernels take that know LoRA alone. */
export const isLowRank = ({ tensors }: Adapter): boolean => tensors.has(A);

/** Of a matrix that is cut by columns B is cut, of one cut by rows A. @see peft 0.21, tuners/lora/model.py, `add_lora_tp_hooks_dtensor` */
export const dividesLowRank = (cut: MatrixCut): readonly string[] => (cut === "columns" ? ["lora_B"] : ["lora_A"]);
