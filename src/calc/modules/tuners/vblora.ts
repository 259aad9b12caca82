// VB-LoRA: A and B composed of vectors from one shared bank.

import type { Matrix } from "#calc/model/tuners.ts";
import { baseLinear } from "#calc/modules/linear.ts";
import { type Adapter, adapterTensorOf, type LoadedLinear, type Tuner } from "#calc/modules/loaded-modules.ts";
import { shapeOf } from "#calc/tape/ledger/shape.ts";
import { add, mul } from "#calc/tape/ops/arithmetic.ts";
import { dropout, softmax, clone } from "#calc/tape/ops/unary.ts";
import { gather, topk } from "#calc/tape/ops/indexing.ts";
import { linear as matmul } from "#calc/tape/ops/products.ts";
import { sumExpanded } from "#calc/tape/ops/reductions.ts";
import { to, view } from "#calc/tape/ops/views.ts";
import { bind, bindAll, call, rebind, scoped } from "#calc/tape/scope.ts";
import type { Tensor } from "#calc/tape/tape.ts";

const LOGITS_A = "vblora_logits_A";
const LOGITS_B = "vblora_logits_B";
const BANK = "vblora_vector_bank";

/** PEFT's defaults of `num_vectors`, `vector_length` and `topk`. */
const NUM_VECTORS = 256;
const VECTOR_LENGTH = 256;
const TOPK = 2;

/** `F.softmax`: autocast runs it in fp32. */
const softmaxOf = (x: Tensor): Tensor => softmax(x.tape.autocast.element === null ? x : to(x, "fp32"));

/** `_get_low_rank_matrix`: for each part of the matrix the sum of the chosen vectors of the bank, by their weights. */
const lowRankMatrix = (logits: Tensor, bank: Tensor): Tensor =>
  scoped(logits.tape, () => {
    const [first = 1, second = 1] = logits.shape.dims;
    const [top_k_logits, indices] = bindAll(topk(logits, shapeOf(first, second, TOPK)));
    const topk_weights = bind(softmaxOf(top_k_logits));
    const weights = view(topk_weights, topk_weights.shape);
    const vectors = gather(bank, indices, shapeOf(first, second, TOPK, VECTOR_LENGTH));
    return sumExpanded(mul(weights, vectors), shapeOf(first, second, VECTOR_LENGTH));
  });

/** `_get_lora_matrices`: A [r, in], as its parts lie, and B [out, r], which is copied into its order. */
const loraMatrices = (adapter: Adapter): readonly [A: Tensor, B: Tensor] => {
  const [logits_A, logits_B, bank] = [LOGITS_A, LOGITS_B, BANK].map((name) => adapterTensorOf(adapter, name)) as [
    Tensor,
    Tensor,
    Tensor,
  ];
  return scoped(bank.tape, () => {
    const [r = 1, inParts = 1] = logits_A.shape.dims;
    const [outParts = 1] = logits_B.shape.dims;
    const A = bind(view(lowRankMatrix(logits_A, bank), shapeOf(r, Number(inParts) * VECTOR_LENGTH)));
    const ofB = lowRankMatrix(logits_B, bank);
    const B = view(r === 1 ? ofB : clone(ofB), shapeOf(Number(outParts) * VECTOR_LENGTH, r));
    return [A, bind(B)] as const;
  });
};

/** `F.linear(F.linear(dropout(x), A), B)` */
const adapted = (adapter: Adapter, x: Tensor, [A, B]: readonly [Tensor, Tensor]): Tensor => {
  const dropped = adapter.dropout === 0 ? x : call("vblora_dropout", (input) => dropout(input, adapter.dropout), x);
  const product = (input: Tensor, weight: Tensor): Tensor =>
    scoped(input.tape, () => matmul(bind(input), weight, null));
  return product(product(dropped, A), B);
};

const forward = (module: LoadedLinear, adapter: Adapter, x: Tensor): Tensor => {
  let result = bind(baseLinear(module, x));
  const matrices = bindAll(loraMatrices(adapter));
  const input = bind(to(x, adapterTensorOf(adapter, BANK).dtype));
  result = rebind(result, add(result, adapted(adapter, input, matrices)));
  return to(result, x.dtype);
};

/** PEFT stops at a linear that is not made of whole vectors. */
const isWhole = ({ in_features, out_features }: Matrix): boolean =>
  in_features % VECTOR_LENGTH === 0 && out_features % VECTOR_LENGTH === 0;

/**
 * VB-LoRA: A and B are put together from vectors of one bank, which all linears share and train; each linear trains how it chooses them. PEFT has it for
 * bases in 16 or 32 bits. Its bank is counted as PEFT makes it by default: 256 vectors of 256 elements, of which each part mixes two.
 *
 * @see peft 0.21, tuners/vblora/layer.py, `_get_low_rank_matrix`, `_get_lora_matrices`, `Linear.forward`; Li et al. 2024, "VB-LoRA"
 */
export const vblora: Tuner = {
  id: "vblora",
  tensors: ({ kind, in_features, out_features }, { r }) =>
    kind === "linear"
      ? [
          { name: LOGITS_A, shape: [r, in_features / VECTOR_LENGTH, NUM_VECTORS] },
          { name: LOGITS_B, shape: [out_features / VECTOR_LENGTH, r, NUM_VECTORS] },
          { name: BANK, shape: [NUM_VECTORS, VECTOR_LENGTH], shared: "trained" },
        ]
      : [],
  whyNot: (matrix) => (isWhole(matrix) ? null : `whose sides are no multiples of ${VECTOR_LENGTH}`),
  forward,
  divides: null,
  bases: [],
  inLibraries: false,
};
