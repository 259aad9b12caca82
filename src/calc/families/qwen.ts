// The first Qwen, from its remote code: fused projection, flash-attn's rotary kernel.

import { causalShift } from "#calc/modules/causal-lm-loss.ts";
import { linear } from "#calc/modules/linear.ts";
import { rmsNorm } from "#calc/modules/norms.ts";
import type { ApplyRotary } from "#calc/modules/rotary.ts";
import { checkpointedReentrant } from "#calc/tape/checkpoint-reentrant.ts";
import { likeGradient, record } from "#calc/tape/operation.ts";
import { mul } from "#calc/tape/ops/arithmetic.ts";
import { to } from "#calc/tape/ops/views.ts";
import { silu } from "#calc/tape/ops/unary.ts";
import { bind, call, scoped } from "#calc/tape/scope.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import { decoderModel, embedTokens, preNormLayer } from "#calc/families/parts/decoder.ts";
import type { Forward } from "#calc/modules/forward.ts";
import type { ModuleOf } from "#calc/families/parts/attention.ts";
import { fusedAttention } from "./phi3.ts";
import type { Layout, Family } from "./family.ts";
import { NO_REFUSED, remoteCode } from "#calc/families/parts/facts.ts";
import {
  causalLmLayout,
  embeddingTensors,
  uniformLayers,
  linears,
  rmsNormTensors,
  widths,
  fusedTargets,
} from "#calc/families/parts/tensors.ts";

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
const qwenForward: Forward = {
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

/**
 * The first Qwen: Llama's shape with q, k, v (and a bias) in `c_attn`, GPT-2's names. `intermediate_size` here is the width of one of `w1`, `w2`: half of
 * what the config says. `c_proj` exists twice, so the presets say which.
 * @see modeling_qwen.py, remote code of Qwen/Qwen-7B
 */
const layout: Layout = (a) => {
  const { hidden, query, intermediate } = widths(a);
  return causalLmLayout(a, {
    embeddings: [embeddingTensors("wte", a.vocab_size, hidden)],
    layers: uniformLayers(a, [
      rmsNormTensors("ln_1", hidden),
      ...linears("attn", { c_attn: [hidden, 3 * query, true], c_proj: [query, hidden] }),
      rmsNormTensors("ln_2", hidden),
      ...linears("mlp", {
        w1: [hidden, intermediate],
        w2: [hidden, intermediate],
        c_proj: [intermediate, hidden],
      }),
    ]),
    final: [rmsNormTensors("ln_f", hidden)],
  });
};

/** The first Qwen. */
export const qwen: Family = {
  model_types: {
    qwen: {
      name: "Qwen",
      forward: qwenForward,
      ...remoteCode("qwen"),
      config: {
        none: "Nobody wrote down what its code settles: a config.json of it is read as that of an unknown family.",
      },
    },
  },
  layout,
  targets: fusedTargets({ qkv: "c_attn", output: "attn.c_proj" }, ["w1", "w2", "mlp.c_proj"]),
  refused: NO_REFUSED,
};
