import { gatedByActivation, groupedExperts } from "#calc/modules/experts.ts";
import { rmsNorm } from "#calc/modules/rms-norm.ts";
import { applyRotary } from "#calc/modules/rotary.ts";
import { topLogitsRouter } from "#calc/modules/router.ts";
import { scale } from "#calc/tape/ops/unary.ts";
import { call } from "#calc/tape/scope.ts";
import type { Forward } from "./forward.ts";
import { granite } from "./granite.ts";
import type { ModuleOf } from "./parts.ts";
import { preNormLayer } from "./pre-norm-layer.ts";

const EXPERTS = { path: "block_sparse_moe.experts", gate: gatedByActivation };

/** `GraniteMoeMoE.forward` */
const sparseBlock: ModuleOf = (layer, _, layer_input) =>
  call(
    "block_sparse_moe",
    (hidden_states) => {
      const routing = topLogitsRouter(layer, "block_sparse_moe.router", [hidden_states, true]);
      return groupedExperts(layer, EXPERTS, [hidden_states, routing]);
    },
    layer_input,
  );

/** Granite 3 MoE: Granite with experts. @see transformers 5.24, modeling_granitemoe.py */
export const graniteMoe: Forward = {
  ...granite,
  layer: preNormLayer({ norm: rmsNorm, mlp: sparseBlock, rotary: applyRotary, branch: scale }),
};
