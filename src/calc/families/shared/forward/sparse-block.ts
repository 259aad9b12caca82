import { gatedByActivation, groupedExperts } from "#calc/modules/experts.ts";
import { linear } from "#calc/modules/linear.ts";
import { gatedMlp } from "#calc/modules/mlp.ts";
import { layerNorm } from "#calc/modules/norms.ts";
import { rmsNorm } from "#calc/modules/rms-norm.ts";
import { applyRotary } from "#calc/modules/rotary.ts";
import type { Route } from "#calc/modules/router.ts";
import { sparseMixerRouter, topKRouter, topLogitsRouter } from "#calc/modules/router.ts";
import { add, mul } from "#calc/tape/ops/binary.ts";
import { scale, sigmoid } from "#calc/tape/ops/unary.ts";
import { bind, call, rebind } from "#calc/tape/scope.ts";
import { decoderModel } from "./decoder-model.ts";
import type { Forward } from "#calc/modules/forward.ts";
import { granite } from "#calc/families/granite/forward.ts";
import type { ModuleOf } from "./parts.ts";
import { preNormLayer } from "./pre-norm-layer.ts";

/** `...SparseMoeBlock.forward`: router, experts, and a shared expert behind a gate of its own where there is one. */
export const sparseBlock =
  (route: Route, router = "gate", block = "mlp"): ModuleOf =>
  (layer, _, x) =>
    call(
      block,
      (hidden_states) => {
        const shares = layer.linears.has(`${block}.shared_expert_gate`);
        const shared = shares ? bind(gatedMlp(layer, `${block}.shared_expert`, hidden_states)) : null;
        const routing = route(layer, `${block}.${router}`, hidden_states);
        const experts = { path: `${block}.experts`, gate: gatedByActivation };
        const output = groupedExperts(layer, experts, [hidden_states, routing]);
        const expert_output = bind(output);
        if (layer.linears.has(`${block}.shared_experts.up_proj`))
          return add(expert_output, gatedMlp(layer, `${block}.shared_experts`, hidden_states));
        if (shared === null) return expert_output;
        const gate = sigmoid(linear(layer, `${block}.shared_expert_gate`, hidden_states));
        return add(expert_output, rebind(shared, mul(gate, shared)));
      },
      x,
    );

/** `Qwen2MoeSparseMoeBlock` */
export const qwenBlock = sparseBlock(topKRouter({ normalized: false, castBack: true }));

/** Qwen 2 and 3 MoE. @see transformers 5.24, modeling_qwen2_moe.py, modeling_qwen3_moe.py */
export const qwenMoe: Forward = {
  ...decoderModel({ norm: rmsNorm }),
  layer: preNormLayer({ norm: rmsNorm, mlp: qwenBlock, rotary: applyRotary }),
};

/** OLMoE: norms over whole queries and keys. @see transformers 5.24, modeling_olmoe.py */
export const olmoe: Forward = {
  ...qwenMoe,
  layer: preNormLayer({ norm: rmsNorm, mlp: qwenBlock, rotary: applyRotary, normAt: "projection" }),
};

/** Mixtral: weights of the chosen experts sum to one, in fp32. @see transformers 5.24, modeling_mixtral.py */
export const mixtral: Forward = {
  ...qwenMoe,
  layer: preNormLayer({
    norm: rmsNorm,
    mlp: sparseBlock(topKRouter({ normalized: true, castBack: false })),
    rotary: applyRotary,
  }),
};

/** Granite 3 MoE: Granite with experts. @see transformers 5.24, modeling_granitemoe.py */
export const graniteMoe: Forward = {
  ...granite,
  layer: preNormLayer({
    norm: rmsNorm,
    mlp: sparseBlock(topLogitsRouter(true), "router", "block_sparse_moe"),
    rotary: applyRotary,
    branch: scale,
  }),
};

/** Phi-3.5-MoE: layer norms, experts that are drawn. @see transformers 5.24, modeling_phimoe.py */
export const phimoe: Forward = {
  ...decoderModel({ norm: layerNorm }),
  layer: preNormLayer({ norm: layerNorm, mlp: sparseBlock(sparseMixerRouter, "router"), rotary: applyRotary }),
};
