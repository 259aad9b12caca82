import type { ModuleOf } from "./attention.ts";
import { gatedByActivation, groupedExperts } from "#calc/modules/experts.ts";
import { linear } from "#calc/modules/linear.ts";
import { gatedMlp } from "#calc/modules/mlp.ts";
import { type Route, topKRouter } from "#calc/modules/router.ts";
import { add, mul } from "#calc/tape/ops/arithmetic.ts";
import { sigmoid } from "#calc/tape/ops/unary.ts";
import { bind, call, rebind } from "#calc/tape/scope.ts";

/** `...SparseMoeBlock.forward`: router, experts, and the shared expert if there is one, which may have a gate of its own. */
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
        const output = groupedExperts(layer, experts, { x: hidden_states, routing });
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
