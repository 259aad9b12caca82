// RMSNorm and LayerNorm as each model family's code computes them.

import { mul } from "#calc/tape/ops/arithmetic.ts";
import { mean } from "#calc/tape/ops/reductions.ts";
import { to } from "#calc/tape/ops/views.ts";
import { addNumber, rsqrt, square } from "#calc/tape/ops/unary.ts";
import { bind, call, rebind, scoped } from "#calc/tape/scope.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import { ligerNorm, runsLiger } from "./liger-kernels.ts";
import { type Loaded, tensorOf } from "./loaded-modules.ts";
import { layerNorm as nativeLayerNorm } from "#calc/tape/ops/layer-norm.ts";

const forward = (weight: Tensor, x: Tensor): Tensor => {
  const inputType = x.dtype;
  let hidden_states = bind(to(x, "fp32"));
  const variance = bind(mean(square(hidden_states)));
  hidden_states = rebind(hidden_states, mul(hidden_states, rsqrt(addNumber(variance))));
  return mul(weight, to(hidden_states, inputType));
};

const overGradient = ligerNorm("in place");

/** `LlamaRMSNorm`: in fp32, back to the input's type, times the weight. */
export const rmsNorm = (loaded: Loaded, name: string, x: Tensor): Tensor =>
  runsLiger(loaded)
    ? overGradient(loaded, name, x)
    : call(name, (input) => forward(tensorOf(loaded, `${name}.weight`), input), x);

const inFloat =
  (castWeight: boolean) =>
  (loaded: Loaded, name: string, x: Tensor): Tensor =>
    call(
      name,
      (input) => {
        const weight = tensorOf(loaded, `${name}.weight`);
        let hidden_states = bind(to(input, "fp32"));
        const variance = bind(mean(square(hidden_states)));
        hidden_states = rebind(hidden_states, mul(hidden_states, rsqrt(addNumber(variance))));
        return to(mul(castWeight ? to(weight, "fp32") : weight, hidden_states), input.dtype);
      },
      x,
    );

/** `Olmo2RMSNorm`: the weight is multiplied in fp32, before the cast. */
export const olmo2Norm = inFloat(false);

/** `NemotronHRMSNorm`: as `Olmo2RMSNorm`, with the weight cast to fp32 as well. */
export const nemotronHNorm = inFloat(true);

/** `nn.LayerNorm`, with or without a bias. */
export const layerNorm = (loaded: Loaded, name: string, x: Tensor): Tensor =>
  call(
    name,
    (input) => nativeLayerNorm(input, [tensorOf(loaded, `${name}.weight`), loaded.tensors.get(`${name}.bias`) ?? null]),
    x,
  );

/** `OlmoLayerNorm`: without parameters, in fp32. */
export const bareLayerNorm = (_loaded: Loaded, name: string, x: Tensor): Tensor =>
  call(name, (input) => to(nativeLayerNorm(to(input, "fp32"), [null, null]), input.dtype), x);

/** `_norm(x)`: x is a name of its own, and goes when it returns. */
const normalized = (x: Tensor): Tensor =>
  scoped(x.tape, () => {
    bind(x);
    return mul(x, rsqrt(addNumber(mean(square(x)))));
  });
const besideGradient = ligerNorm("apart");

const gemmaNormForward = (weight: Tensor, x: Tensor): Tensor => {
  let output = bind(normalized(to(x, "fp32")));
  output = rebind(output, mul(output, addNumber(to(weight, "fp32"))));
  return to(output, x.dtype);
};

/** Gemma 1 alone has no second norm on its branches, between which the residual's gradient is needed as it came. @see liger_kernel/transformers/rms_norm.py */
const kernel = ({ architecture }: Loaded): ReturnType<typeof ligerNorm> =>
  architecture.model_type === "gemma" ? overGradient : besideGradient;

/** `GemmaRMSNorm`: all in fp32, times one plus the weight, then back to the input's type. */
export const gemmaNorm = (loaded: Loaded, name: string, x: Tensor): Tensor =>
  runsLiger(loaded)
    ? kernel(loaded)(loaded, name, x)
    : call(name, (input) => gemmaNormForward(tensorOf(loaded, `${name}.weight`), input), x);

/** `Llama4TextL2Norm`: without a weight. */
export const llama4L2Norm = (x: Tensor): Tensor =>
  call("qk_norm", (input) => to(normalized(to(input, "fp32")), input.dtype), x);

/** `Llama4TextRMSNorm`: back to the input's type, then times the weight. */
export const llama4Norm = (loaded: Loaded, name: string, x: Tensor): Tensor =>
  call(
    name,
    (input) => mul(bind(to(normalized(to(input, "fp32")), input.dtype)), tensorOf(loaded, `${name}.weight`)),
    x,
  );

/** `Gemma4RMSNorm`: takes the root by `pow`, which saves its input where `rsqrt` saves its result. The weight may be missing. */
export const gemma4Norm = (loaded: Loaded, name: string, x: Tensor): Tensor =>
  call(
    name,
    (input) => {
      const weight = loaded.tensors.get(`${name}.weight`);
      let normed_output = bind(
        call(
          "_norm",
          (states) => {
            const mean_squared = bind(addNumber(mean(square(states))));
            return mul(states, square(mean_squared));
          },
          to(input, "fp32"),
        ),
      );
      if (weight !== undefined) normed_output = rebind(normed_output, mul(normed_output, to(weight, "fp32")));
      return to(normed_output, input.dtype);
    },
    x,
  );
