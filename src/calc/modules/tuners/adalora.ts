// AdaLoRA: singular values between A and B, and a loss term that keeps these orthogonal.

import type { TunerTensor } from "#calc/model/tuners.ts";
import { baseLinear } from "#calc/modules/linear.ts";
import { type Adapter, adapterTensorOf, type LoadedLinear, type Tuner } from "#calc/modules/loaded-modules.ts";
import { castForMatmul } from "#calc/tape/autocast.ts";
import { fresh } from "#calc/tape/tensor.ts";
import { shapeOf } from "#calc/tape/ledger/shape.ts";
import { mul, subtract, divide, addInPlace } from "#calc/tape/ops/arithmetic.ts";
import { withoutGraph, arrivedGradient, record } from "#calc/tape/operation.ts";
import { dropout, addNumber, clone, scale } from "#calc/tape/ops/unary.ts";
import { linear as matmul } from "#calc/tape/ops/products.ts";
import { norm } from "#calc/tape/ops/reductions.ts";
import { to, view } from "#calc/tape/ops/views.ts";
import { bind, call, rebind, scoped } from "#calc/tape/scope.ts";
import type { Tensor } from "#calc/tape/tape.ts";

const [A, B, E, RANKNUM] = ["lora_A", "lora_B", "lora_E", "ranknum"] as const;

/** `x @ weight.T`: Python holds both until it returns, though autocast multiplies copies. */
const product = (x: Tensor, weight: Tensor): Tensor => scoped(x.tape, () => matmul(bind(x), bind(weight), null));

/** `dropout(x) @ (lora_A * lora_E).T @ lora_B.T`. Autocast keeps no copy of a view: it casts B at each call. */
const adapted = (adapter: Adapter, x: Tensor): Tensor => {
  const [lora_A, lora_B, lora_E] = [A, B, E].map((name) => adapterTensorOf(adapter, name)) as [Tensor, Tensor, Tensor];
  const dropped = adapter.dropout === 0 ? x : call("lora_dropout", (input) => dropout(input, adapter.dropout), x);
  return product(product(dropped, mul(lora_A, lora_E)), view(lora_B, lora_B.shape));
};

const plainForward = (module: LoadedLinear, adapter: Adapter, x: Tensor): Tensor => {
  const result = bind(baseLinear(module, x));
  const ranknum = bind(addNumber(adapterTensorOf(adapter, RANKNUM)));
  const input = bind(to(x, adapterTensorOf(adapter, A).dtype));
  return rebind(result, addInPlace(result, divide(scale(adapted(adapter, input)), ranknum)));
};

/** The module around a 4-bit linear. @see peft/tuners/adalora/bnb.py, `SVDLinear4bit` */
const fourBitForward = (module: LoadedLinear, adapter: Adapter, x: Tensor): Tensor => {
  const isConverted = x.tape.autocast.element === null;
  let result = bind(baseLinear(module, x));
  result = rebind(result, clone(result));
  const { dtype } = result;
  const ranknum = bind(addNumber(adapterTensorOf(adapter, RANKNUM)));
  const input = isConverted ? bind(to(x, adapterTensorOf(adapter, A).dtype)) : x;
  let output = bind(adapted(adapter, input));
  if (isConverted) output = rebind(output, to(output, dtype));
  output = rebind(output, divide(scale(output), ranknum));
  return rebind(result, addInPlace(result, output));
};

/** `p @ p.T` of A, `p.T @ p` of B: autocast keeps its copy of p, and makes another of the view. */
const covariance = (p: Tensor, rank: number): Tensor => {
  const [one, other] = [castForMatmul(p), castForMatmul(view(p, p.shape))];
  const { shape } = p;
  return record({
    name: "mm",
    inputs: [one, other],
    shape: shapeOf(rank, rank),
    dtype: one.dtype,
    saves: [one, other],
    backward: (gradients) => {
      const { tape, dtype } = arrivedGradient(gradients);
      const ofOther = fresh(tape, shape, dtype);
      return [fresh(tape, shape, dtype), ofOther];
    },
  });
};

/** `torch.norm(para_cov - I, p="fro")`. Autocast asks for a sum in fp32, and keeps what is summed as it is. */
const orthogonality = (p: Tensor, rank: number): Tensor =>
  scoped(p.tape, () => {
    const para_cov = bind(covariance(p, rank));
    const { shape, dtype } = para_cov;
    const I = bind(withoutGraph({ name: "eye", shape, dtype }, para_cov));
    const difference = bind(subtract(para_cov, I));
    return norm(difference);
  });

/**
 * PEFT casts `ranknum` with the adapters where these are fp32 beside a base of 16 bits, and by that makes a parameter of it that is trained.
 *
 * @see peft/tuners/tuners_utils.py, `cast_adapter_dtype`; torch/nn/modules/container.py, `ParameterDict.__setitem__`
 */
const ranknumOf = (isCast: boolean): TunerTensor => ({ name: RANKNUM, shape: [1], ...(!isCast && { frozen: true }) });

/**
 * AdaLoRA: B · diag(E) · A of the first rank (`init_r`), whose singular values are masked later, and a term of the loss for each A and B, which keeps them
 * orthogonal. Left out: what `update_and_allocate` keeps, where a loop calls it (three numbers for each trained one; transformers' Trainer does not).
 *
 * @see peft 0.21, tuners/adalora/layer.py, `SVDLinear.forward`; tuners/adalora/model.py, `forward`; Zhang et al. 2023, "AdaLoRA"
 */
export const adalora: Tuner = {
  id: "adalora",
  tensors: ({ kind, in_features, out_features }, { r, adapters }, base) =>
    kind === "linear"
      ? [
          { name: A, shape: [r, in_features] },
          { name: B, shape: [out_features, r] },
          { name: E, shape: [r, 1] },
          ranknumOf(adapters === "fp32" && base !== null && base !== "fp32"),
        ]
      : [],
  forward: (module, adapter, x) => (module.dequantized === null ? plainForward : fourBitForward)(module, adapter, x),
  penalties: (adapter) => {
    const rank = Number(adapterTensorOf(adapter, A).shape.dims[0] ?? 1);
    return [A, B].map((name) => () => orthogonality(adapterTensorOf(adapter, name), rank));
  },
  divides: null,
  bases: ["bnb-4bit", "bnb-8bit", "gptq"],
  inLibraries: false,
};
