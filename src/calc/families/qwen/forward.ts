import { causalShift } from "#calc/modules/older-losses.ts";
import { linear } from "#calc/modules/linear.ts";
import { rmsNorm } from "#calc/modules/rms-norm.ts";
import type { ApplyRotary } from "#calc/modules/rotary.ts";
import { checkpointedReentrant } from "#calc/tape/checkpoint-reentrant.ts";
import { likeGradient } from "#calc/tape/ops/backwards.ts";
import { mul } from "#calc/tape/ops/binary.ts";
import { to } from "#calc/tape/ops/to.ts";
import { silu } from "#calc/tape/ops/unary.ts";
import { record } from "#calc/tape/record.ts";
import { bind, call, scoped } from "#calc/tape/scope.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import { decoderModel, embedTokens } from "#calc/families/parts/forward/decoder-model.ts";
import type { Forward } from "#calc/modules/forward.ts";
import type { ModuleOf } from "#calc/families/parts/forward/module-of.ts";
import { fusedAttention } from "#calc/families/phi3/forward.ts";
import { preNormLayer } from "#calc/families/parts/forward/pre-norm-layer.ts";

/** flash-attn's rotary kernel on fp32, cast back to the type of x. Forward and backward make one tensor each, and x is not saved. */
const rotated = (x: Tensor): Tensor => {
  const t_float = to(x, "fp32");
  const output = record({
    name: "apply_rotary_emb",
    inputs: [t_float],
    shape: t_float.shape,
    dtype: "fp32",
    permuted: t_float.permuted,
    backward: likeGradient,
  });
  return to(output, x.dtype);
};

const applyRotary: ApplyRotary = (q, k) => scoped(q.tape, () => [bind(rotated(q)), bind(rotated(k))] as const);

/** `QWenMLP.forward` */
const mlp: ModuleOf = (layer, name, x) =>
  call(
    name,
    (input) => {
      const a1 = bind(linear(layer, `${name}.w1`, input));
      const a2 = bind(linear(layer, `${name}.w2`, input));
      const intermediate_parallel = bind(mul(a1, silu(a2)));
      return linear(layer, `${name}.c_proj`, intermediate_parallel);
    },
    x,
  );

/**
 * The first Qwen. Its code comes with its checkpoints, and checkpoints layers reentrantly whatever the Trainer asks for. Held against no run of fake tensors.
 *
 * @see modeling_qwen.py, remote code of Qwen/Qwen-1_8B, `QWenModel.forward`, `QWenLMHeadModel.forward`
 */
export const qwen: Forward = {
  ...decoderModel({ norm: rmsNorm, finalNorm: "ln_f", tables: "fp32" }),
  embed: (model, input_ids) => embedTokens(model, input_ids, "wte"),
  checkpoint: checkpointedReentrant,
  layer: preNormLayer({
    norm: rmsNorm,
    names: ["ln_1", "ln_2"],
    attend: fusedAttention({ path: "attn", qkv: "c_attn", output: "c_proj" }, applyRotary),
    mlp,
  }),
  loss: ({ loss }) =>
    loss.kind === "full" ? causalShift({ upcast: false, fast: null, outputsInFloat: true }) : undefined,
};
