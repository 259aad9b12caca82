import { activation } from "#calc/modules/activations.ts";
import { readingOf, readStack, stackShapeOf } from "#calc/modules/expert-stacks.ts";
import { COMPUTE, rebuiltProduct } from "#calc/modules/rebuilt-product.ts";
import { linear } from "#calc/modules/linear.ts";
import type { Loaded } from "#calc/modules/loaded.ts";
import { gatedMlp } from "#calc/modules/mlp.ts";
import { castForMatmul } from "#calc/tape/autocast.ts";
import { mul } from "#calc/tape/ops/binary.ts";
import { addInPlace } from "#calc/tape/ops/in-place.ts";
import { compute } from "#calc/tape/ops/compute.ts";
import { copySlice } from "#calc/tape/ops/copy-slice.ts";
import { topk } from "#calc/tape/ops/gather.ts";
import { groupedMm } from "#calc/tape/ops/grouped-mm.ts";
import { sumTo } from "#calc/tape/ops/sum.ts";
import { to } from "#calc/tape/ops/to.ts";
import { clone, sigmoid } from "#calc/tape/ops/unary.ts";
import { chunk, repeat, view } from "#calc/tape/ops/view.ts";
import { bind, bindAll, call, rebind } from "#calc/tape/scope.ts";
import { shapeOf, withLast } from "#calc/tape/ledger/shape.ts";
import type { Tensor } from "#calc/tape/tape.ts";

/** `Llama4Router`: the scores of all experts, zero for those that were not chosen, and the logits. */
const router = (layer: Loaded, x: Tensor): readonly [router_scores: Tensor, router_logits: Tensor] => {
  const router_logits = bind(linear(layer, "feed_forward.router", x));
  const { shape, dtype } = router_logits;
  const [values, indices] = topk(router_logits, withLast(shape, layer.architecture.num_experts_per_tok ?? 1));
  const full = compute({ name: "full_like", shape, dtype }, router_logits);
  return [to(sigmoid(to(copySlice(full, values, indices), "fp32")), dtype), router_logits];
};

/** `Llama4TextExperts.forward`: every expert on every token. */
const experts = (layer: Loaded, routed_in: Tensor): Tensor =>
  call(
    "feed_forward.experts",
    (x) => {
      const { hidden_size, hidden_act } = layer.architecture;
      const product = (states: Tensor, name: string, width: number): Tensor => {
        const path = `feed_forward.experts.${name}`;
        if (readingOf(layer) === "rebuilt")
          return rebuiltProduct(to(states, COMPUTE), { stack: stackShapeOf(layer, path), rows: null, width });
        const weight = castForMatmul(readStack(layer, path, states));
        return groupedMm(castForMatmul(states), { weight, offsets: null, width });
      };
      const inner = stackShapeOf(layer, "feed_forward.experts.down_proj").dims[1] as number;
      const [gate, up] = bindAll(chunk(bind(product(x, "gate_up_proj", 2 * inner)), 2)) as readonly [Tensor, Tensor];
      return product(mul(up, call("act_fn", activation(hidden_act), gate)), "down_proj", hidden_size);
    },
    routed_in,
  );

/** `Llama4TextMoe.forward` */
export const llama4Experts = (layer: Loaded, x: Tensor): readonly [out: Tensor, router_logits: Tensor] =>
  call(
    "feed_forward",
    (hidden_states) => {
      const { num_experts = 1, hidden_size } = layer.architecture;
      const [router_scores, router_logits] = bindAll(router(layer, hidden_states));
      let routed_in = bind(repeat(hidden_states, shapeOf("b", "s", num_experts, hidden_size)));
      routed_in = rebind(routed_in, mul(routed_in, view(clone(router_scores), shapeOf("b", "s", num_experts, 1))));
      const routed_out = bind(experts(layer, routed_in));
      const out = bind(gatedMlp(layer, "feed_forward.shared_expert", hidden_states));
      return [addInPlace(out, sumTo(routed_out, hidden_states.shape)), router_logits];
    },
    x,
  );
