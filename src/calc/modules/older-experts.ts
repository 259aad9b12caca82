import { addTo, mul, divideInPlace } from "#calc/tape/ops/arithmetic.ts";
import { withoutGraph } from "#calc/tape/ops/operation.ts";
import { gather, topk } from "#calc/tape/ops/indexing.ts";
import { sumTo } from "#calc/tape/ops/reductions.ts";
import { softmax } from "#calc/tape/ops/unary.ts";
import { to } from "#calc/tape/ops/views.ts";
import { bind, bindAll, call, rebind } from "#calc/tape/scope.ts";
import { shapeOf, withLast } from "#calc/tape/ledger/shape.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import { activation } from "./mlp.ts";
import { linear } from "./linear.ts";
import type { Loaded } from "./loaded.ts";

/** `MixtralBlockSparseTop2MLP.forward` */
const expertMlp = (loaded: Loaded, path: string, x: Tensor): Tensor =>
  call(
    path,
    (input) => {
      const gated = call("act_fn", activation(loaded.architecture.hidden_act), linear(loaded, `${path}.w1`, input));
      const current_hidden_states = bind(mul(gated, linear(loaded, `${path}.w3`, input)));
      return linear(loaded, `${path}.w2`, current_hidden_states);
    },
    x,
  );

/**
 * `MixtralSparseMoeBlock.forward` up to version 4: one expert after the other, each on its own tokens, adds into one tensor. Nobody knows
 * beforehand which tokens go where: every expert is given the same number.
 *
 * @see transformers 4.48, modeling_mixtral.py
 */
export const olderExperts = (loaded: Loaded, _: string, x: Tensor): Tensor =>
  call(
    "block_sparse_moe",
    (hidden_states) => {
      const { num_experts = 1, num_experts_per_tok: k = 1, hidden_size } = loaded.architecture;
      const share = k / num_experts;
      const router_logits = bind(linear(loaded, "block_sparse_moe.gate", hidden_states));
      const probabilities = bind(softmax(to(router_logits, "fp32")));
      let [weights, selected_experts] = bindAll(topk(probabilities, withLast(probabilities.shape, k)));
      weights = rebind(weights, divideInPlace(weights, sumTo(weights, withLast(weights.shape, 1))));
      weights = rebind(weights, to(weights, hidden_states.dtype));
      let final = bind(
        withoutGraph({ name: "zeros", shape: hidden_states.shape, dtype: hidden_states.dtype }, hidden_states),
      );
      const mask = { name: "one_hot", shape: shapeOf("b", "s", k, num_experts), dtype: "int64" } as const;
      bind(withoutGraph(mask, selected_experts));
      for (let index = 0; index < num_experts; index++) {
        const rows = { name: "where", shape: shapeOf("b", "s", share), dtype: "int64" } as const;
        bind(withoutGraph(rows, selected_experts));
        const top_x = bind(withoutGraph(rows, selected_experts));
        const current_state = bind(gather(hidden_states, top_x, shapeOf("b", "s", share, hidden_size)));
        const chosen = gather(weights, top_x, shapeOf("b", "s", share, 1));
        const result = expertMlp(loaded, `block_sparse_moe.experts.${index}`, current_state);
        const weighted = bind(mul(result, chosen));
        final = rebind(final, addTo(final, to(weighted, hidden_states.dtype), top_x));
      }
      return final;
    },
    x,
  );
