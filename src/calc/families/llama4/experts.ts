import { activation } from "#calc/modules/activations.ts";
import { gatedByActivation } from "#calc/modules/expert-gates.ts";
import { readingOf, expertsShapeOf } from "#calc/modules/fused-experts.ts";
import { expertWeights } from "#calc/modules/expert-weights.ts";
import { groupedExperts, isRunByUnsloth } from "#calc/modules/experts.ts";
import { plusAdapters } from "#calc/modules/separated-lora.ts";
import { COMPUTE, rebuiltProduct } from "#calc/modules/rebuilt-product.ts";
import { linear } from "#calc/modules/linear.ts";
import type { Loaded } from "#calc/modules/loaded.ts";
import { gatedMlp } from "#calc/modules/mlp.ts";
import { castForMatmul } from "#calc/tape/autocast.ts";
import { add, mul } from "#calc/tape/ops/binary.ts";
import { addInPlace } from "#calc/tape/ops/in-place.ts";
import { compute } from "#calc/tape/ops/compute.ts";
import { copySlice } from "#calc/tape/ops/copy-slice.ts";
import { topk } from "#calc/tape/ops/gather.ts";
import { groupedMm } from "#calc/tape/ops/grouped-mm.ts";
import { sumTo } from "#calc/tape/ops/sum.ts";
import { to } from "#calc/tape/ops/to.ts";
import { clone, sigmoid } from "#calc/tape/ops/unary.ts";
import { chunk, repeat, view } from "#calc/tape/ops/view.ts";
import { bind, bindAll, call, rebind, scoped } from "#calc/tape/scope.ts";
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

const PATH = "feed_forward.experts";

/** A product of every expert with every token: of weights that are made for it, plus the adapters' part, or of weights with their updates in them. */
type Product = (states: Tensor, name: string, width: number) => Tensor;

const rebuilt =
  (layer: Loaded): Product =>
  (states, name, width) => {
    const parameter = `${PATH}.${name}`;
    const x = to(states, COMPUTE);
    return scoped(x.tape, () => {
      const input = bind(x);
      const output = bind(rebuiltProduct(input, { weights: expertsShapeOf(layer, parameter), rows: null, width }));
      const { num_experts: experts = 1 } = layer.architecture;
      return plusAdapters(layer, parameter, [input, output, { experts, offsets: null }]);
    });
  };

const whole = (layer: Loaded): Product => {
  const weightOf = expertWeights(layer, { path: PATH, transposed: true });
  return (states, name, width) => {
    const weight = castForMatmul(weightOf(name, states));
    return groupedMm(castForMatmul(states), { weight, offsets: null, width });
  };
};

/** `Llama4TextExperts.forward`: every expert on every token. */
const experts = (layer: Loaded, routed_in: Tensor): Tensor =>
  call(
    PATH,
    (x) => {
      const { hidden_size, hidden_act } = layer.architecture;
      const product = readingOf(layer) === "rebuilt" ? rebuilt(layer) : whole(layer);
      const inner = expertsShapeOf(layer, `${PATH}.down_proj`).dims[1] as number;
      const [gate, up] = bindAll(chunk(bind(product(x, "gate_up_proj", 2 * inner)), 2)) as readonly [Tensor, Tensor];
      return product(mul(up, call("act_fn", activation(hidden_act), gate)), "down_proj", hidden_size);
    },
    routed_in,
  );

/**
 * `Llama4TextMoe_forward` of Unsloth: the chosen experts alone, each on its tokens, which are multiplied by their scores before.
 *
 * @see unsloth-zoo 2026.10.9, temporary_patches/llama4_moe.py
 */
const unslothExperts = (layer: Loaded, x: Tensor): readonly [out: Tensor, router_logits: Tensor] =>
  call(
    "feed_forward",
    (hidden_states) => {
      const { num_experts_per_tok: k = 1, hidden_size } = layer.architecture;
      const [router_scores, router_logits] = bindAll(router(layer, hidden_states));
      const [top_k_weights, top_k_index] = bindAll(topk(router_scores, withLast(router_scores.shape, k)));
      const scores = view(to(top_k_weights, hidden_states.dtype), shapeOf("b", "s", k, 1));
      const routed_in = bind(mul(view(hidden_states, shapeOf("b", "s", 1, hidden_size)), scores));
      const { dtype } = router_scores;
      const weights = bind(compute({ name: "ones", shape: shapeOf("b", "s", k, 1), dtype }, router_scores));
      const indices = bind(view(top_k_index, shapeOf("b", "s", k, 1)));
      const own = { path: PATH, gate: gatedByActivation, transposed: true } as const;
      let routed_out = bind(groupedExperts(layer, own, { x: routed_in, routing: { weights, indices } }));
      routed_out = rebind(routed_out, sumTo(routed_out, hidden_states.shape));
      const out = bind(gatedMlp(layer, "feed_forward.shared_expert", hidden_states));
      return [add(out, to(routed_out, out.dtype)), router_logits];
    },
    x,
  );

/** `Llama4TextMoe.forward` */
const ownExperts = (layer: Loaded, x: Tensor): readonly [out: Tensor, router_logits: Tensor] =>
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

/** The experts of a layer: as the model's own code runs them, or Unsloth's where it does not train them. */
export const llama4Experts: typeof ownExperts = (layer, x) =>
  isRunByUnsloth(layer) ? unslothExperts(layer, x) : ownExperts(layer, x);
