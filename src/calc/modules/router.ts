import { divideInPlace, mul } from "#calc/tape/ops/binary.ts";
import { gather, topk } from "#calc/tape/ops/gather.ts";
import { linear as matmul } from "#calc/tape/ops/linear.ts";
import { sumTo } from "#calc/tape/ops/reduce.ts";
import { softmax } from "#calc/tape/ops/softmax.ts";
import { to } from "#calc/tape/ops/to.ts";
import { scale } from "#calc/tape/ops/unary.ts";
import { bind, bindAll, call, rebind } from "#calc/tape/scope.ts";
import { withLast } from "#calc/tape/shape.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import type { Routing } from "./experts.ts";
import { gemma4Norm } from "./gemma-norm.ts";
import { linear } from "./linear.ts";
import type { Loaded } from "./loaded.ts";
import { tensorOf } from "./loaded.ts";
import { adaptedMatrix } from "./parameter-adapter.ts";

/** Router logits, weights of the chosen experts, and which they are: names of the caller. */
type Routed = readonly [router_logits: Tensor, weights: Tensor, indices: Tensor];

const routingOf = (routed: Routed): Routing => {
  const [, weights, indices] = bindAll(routed);
  return { weights, indices };
};

/** The router's matrix, with its adapter where it has one. */
const weightOf = (loaded: Loaded, name: string): Tensor => {
  const weight = tensorOf(loaded, `${name}.weight`);
  const adapter = loaded.parameterAdapters.get(name);
  return adapter === undefined ? weight : adaptedMatrix(weight, adapter);
};

/** What routers do differently. */
export type Router = Readonly<{
  /** Weights of the chosen are divided by their sum. */
  normalized: boolean;
  /** Weights go back to the type of the logits. */
  castBack: boolean;
}>;

/** `Qwen2MoeTopKRouter`, `MixtralTopKRouter`: softmax in fp32 over all experts, then the best k. The logits stay with the caller, unused. */
export const topKRouter = (
  loaded: Loaded,
  name: string,
  [x, { normalized, castBack }]: readonly [Tensor, Router],
): Routing =>
  routingOf(
    call(
      name,
      (input): Routed => {
        const router_logits = bind(matmul(input, weightOf(loaded, name), null));
        const router_probs = bind(softmax(to(router_logits, "fp32")));
        const { shape } = router_probs;
        const chosen = topk(router_probs, withLast(shape, loaded.architecture.num_experts_per_tok ?? 1));
        let [weights, indices] = bindAll(chosen);
        if (normalized) weights = rebind(weights, divideInPlace(weights, sumTo(weights, withLast(shape, 1))));
        if (castBack) weights = rebind(weights, to(weights, router_logits.dtype));
        return [router_logits, weights, indices];
      },
      x,
    ),
  );

/** `Gemma4TextRouter`: normed and scaled, softmax in fp32, the best k divided by their sum and times a number of each expert's own. */
export const gemma4Router = (loaded: Loaded, name: string, x: Tensor): Routing =>
  routingOf(
    call(
      name,
      (input): Routed => {
        let hidden_states = bind(gemma4Norm(loaded, `${name}.norm`, input));
        hidden_states = rebind(hidden_states, scale(mul(hidden_states, tensorOf(loaded, `${name}.scale`))));
        const expert_scores = bind(linear(loaded, `${name}.proj`, hidden_states));
        const router_probabilities = bind(softmax(to(expert_scores, "fp32")));
        const k = withLast(router_probabilities.shape, loaded.architecture.num_experts_per_tok ?? 1);
        let [weights, indices] = bindAll(topk(router_probabilities, k));
        weights = rebind(weights, divideInPlace(weights, sumTo(weights, withLast(k, 1))));
        weights = rebind(weights, mul(weights, gather(tensorOf(loaded, `${name}.per_expert_scale`), indices, k)));
        return [router_probabilities, weights, indices];
      },
      x,
    ),
  );

/** `GptOssTopKRouter`: the best k logits, softmax over those. */
export const gptOssRouter = (loaded: Loaded, name: string, x: Tensor): Routing =>
  routingOf(
    call(
      name,
      (input): Routed => {
        const bias = tensorOf(loaded, `${name}.bias`);
        const router_logits = bind(matmul(input, tensorOf(loaded, `${name}.weight`), bias));
        const k = withLast(router_logits.shape, loaded.architecture.num_experts_per_tok ?? 1);
        const [values, indices] = bindAll(topk(router_logits, k));
        return [router_logits, softmax(values), indices];
      },
      x,
    ),
  );
