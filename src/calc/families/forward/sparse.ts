import type { Experts } from "#calc/modules/experts.ts";
import { gatedByActivation, groupedExperts } from "#calc/modules/experts.ts";
import { linear } from "#calc/modules/linear.ts";
import type { Loaded } from "#calc/modules/loaded.ts";
import { gatedMlp } from "#calc/modules/mlp.ts";
import { rmsNorm } from "#calc/modules/rms-norm.ts";
import { applyRotary } from "#calc/modules/rotary.ts";
import type { Router } from "#calc/modules/router.ts";
import { topKRouter } from "#calc/modules/router.ts";
import { add, mul } from "#calc/tape/ops/binary.ts";
import { sigmoid } from "#calc/tape/ops/unary.ts";
import { bind, call, rebind } from "#calc/tape/scope.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import { decoderModel } from "./decoder-model.ts";
import type { Forward } from "./forward.ts";
import type { ModuleOf } from "./parts.ts";
import { preNormLayer } from "./pre-norm-layer.ts";

const EXPERTS: Experts = { path: "mlp.experts", gate: gatedByActivation };

/** `...SparseMoeBlock.forward`: router, experts, and a shared expert behind a gate of its own where there is one. */
export const sparseBlock =
  (router: Router): ModuleOf =>
  (layer: Loaded, name: string, x: Tensor) =>
    call(
      name,
      (hidden_states) => {
        const shares = layer.linears.has(`${name}.shared_expert_gate`);
        const shared = shares ? bind(gatedMlp(layer, `${name}.shared_expert`, hidden_states)) : null;
        const routing = topKRouter(layer, `${name}.gate`, [hidden_states, router]);
        const output = groupedExperts(layer, EXPERTS, [hidden_states, routing]);
        if (shared === null) return output;
        const expert_output = bind(output);
        const gate = sigmoid(linear(layer, `${name}.shared_expert_gate`, hidden_states));
        return add(expert_output, rebind(shared, mul(gate, shared)));
      },
      x,
    );

const qwenBlock = sparseBlock({ normalized: false, castBack: true });

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
  layer: preNormLayer({ norm: rmsNorm, mlp: sparseBlock({ normalized: true, castBack: false }), rotary: applyRotary }),
};
