// Routers of mixtures of experts, by family, and the loss that balances experts.

import { sameTensor } from "#calc/tape/checkpoint.ts";
import { drop } from "#calc/tape/tensor.ts";
import { withoutGraph } from "#calc/tape/operation.ts";
import { addNumber, scale, sigmoid, softmax } from "#calc/tape/ops/unary.ts";
import { add, mul, divideInPlace } from "#calc/tape/ops/arithmetic.ts";
import { gather, topk, topValues } from "#calc/tape/ops/indexing.ts";
import { linear as matmul } from "#calc/tape/ops/products.ts";
import { sumTo } from "#calc/tape/ops/reductions.ts";
import { sparseMixer } from "#calc/tape/ops/expert-kernels.ts";
import { to } from "#calc/tape/ops/views.ts";
import { maskedFill } from "#calc/tape/ops/selection.ts";
import { bind, bindAll, call, rebind } from "#calc/tape/scope.ts";
import { withLast, shapeOf } from "#calc/tape/ledger/shape.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import type { Routing } from "./experts.ts";
import { gemma4Norm } from "./norms.ts";
import { linear } from "./linear.ts";
import { type Loaded, tensorOf } from "./loaded-modules.ts";
import { adaptedMatrix } from "./parameter-adapter.ts";
import { withMarks } from "#calc/tape/recorder.ts";

/** The indices of the best k; their values are dropped. */
const bestOf = (x: Tensor, k: number): Tensor => {
  const [values, indices] = topk(x, withLast(x.shape, k));
  drop(values);
  return indices;
};

/** Router logits, weights of the chosen experts, and their indices, bound in the caller's scope. */
type Routed = readonly [router_logits: Tensor, weights: Tensor, indices: Tensor];

/** A hook of the router keeps its logits where the model is asked for them. @see transformers 5.24, utils/output_capturing.py */
const routingOf = ({ shared }: Loaded, routed: Routed): Routing => {
  const [router_logits, weights, indices] = bindAll(routed);
  shared?.routerLogits?.push(sameTensor(router_logits));
  return { weights, indices };
};

/** The router's matrix, with its adapter where it has one. */
const weightOf = (loaded: Loaded, name: string): Tensor => {
  const weight = tensorOf(loaded, `${name}.weight`);
  const adapter = loaded.parameterAdapters.get(name);
  return adapter === undefined ? weight : adaptedMatrix(weight, adapter);
};

/** A router, called by its path. */
export type Route = (loaded: Loaded, name: string, x: Tensor) => Routing;

/** What routers do differently. */
type Router = Readonly<{
  /** Whether weights of the chosen are divided by their sum. */
  normalized: boolean;
  /** Whether weights are cast back to the dtype of the logits. */
  castBack: boolean;
  /** Whether the matrix product is in fp32, and weights are multiplied by a number (DeepSeek-V2). */
  inFloat?: boolean;
}>;

/**
 * `Qwen2MoeTopKRouter`, `MixtralTopKRouter`: softmax in fp32 over all experts, then the best k. The caller holds the logits, though it does
 * not use them.
 */
export const topKRouter =
  ({ normalized, castBack, inFloat = false }: Router): Route =>
  (loaded, name, x) =>
    routingOf(
      loaded,
      call(
        name,
        (input): Routed => {
          const cast = (tensor: Tensor): Tensor => (inFloat ? to(tensor, "fp32") : tensor);
          const router_logits = bind(matmul(cast(input), cast(weightOf(loaded, name)), null));
          const router_probs = bind(softmax(to(router_logits, "fp32")));
          const { shape } = router_probs;
          const chosen = topk(router_probs, withLast(shape, loaded.architecture.num_experts_per_tok ?? 1));
          let [weights, indices] = bindAll(chosen);
          if (normalized) weights = rebind(weights, divideInPlace(weights, sumTo(weights, withLast(shape, 1))));
          if (castBack) weights = rebind(weights, to(weights, router_logits.dtype));
          return [router_logits, inFloat ? scale(weights) : weights, indices];
        },
        x,
      ),
    );

/** `GptOssTopKRouter`, `GraniteMoeTopKRouter` (in fp32, then back): the best k logits, softmax over those. */
export const topLogitsRouter =
  (inFloat: boolean): Route =>
  (loaded, name, x) =>
    routingOf(
      loaded,
      call(
        name,
        (input): Routed => {
          const logits = matmul(input, tensorOf(loaded, `${name}.weight`), loaded.tensors.get(`${name}.bias`) ?? null);
          const router_logits = bind(inFloat ? to(logits, "fp32") : logits);
          const k = withLast(router_logits.shape, loaded.architecture.num_experts_per_tok ?? 1);
          const [values, indices] = bindAll(topk(router_logits, k));
          const weights = softmax(values);
          return [router_logits, inFloat ? to(weights, input.dtype) : weights, indices];
        },
        x,
      ),
    );

/**
 * `DeepseekV3TopkRouter`, `Glm4MoeTopkRouter`: in fp32, sigmoid of all logits, weights of the chosen divided by their sum. The tensors that
 * choose them (a correction of each expert, groups) have no gradient, are gone when it returns, and are left out.
 */
export const correctedRouter: Route = (loaded, name, x) =>
  routingOf(
    loaded,
    call(
      name,
      (input): Routed => {
        const router_logits = bind(matmul(to(input, "fp32"), to(weightOf(loaded, name), "fp32"), null));
        const scores = bind(sigmoid(router_logits));
        const chosen = withLast(scores.shape, loaded.architecture.num_experts_per_tok ?? 1);
        const indices = bind(withoutGraph({ name: "topk", shape: chosen, dtype: "int64" }, scores));
        let weights = bind(gather(scores, indices, chosen));
        weights = rebind(weights, divideInPlace(weights, addNumber(sumTo(weights, withLast(chosen, 1)))));
        return [router_logits, scale(weights), indices];
      },
      x,
    ),
  );

/**
 * `Gemma4TextRouter`: norms and scales its input; softmax in fp32; the best k, divided by their sum and multiplied by a scale of each
 * expert.
 */
export const gemma4Router: Route = (loaded, name, x) =>
  routingOf(
    loaded,
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

/** `PhimoeTopKRouter`: a linear, and experts drawn by `sparsemixer`. */
export const sparseMixerRouter: Route = (loaded, name, x) => {
  const router_logits = bind(linear(loaded, name, x));
  const [weights, indices] = bindAll(sparseMixer(router_logits, loaded.architecture.num_experts_per_tok ?? 1));
  return { weights, indices };
};

/** `NemotronHTopkRouter`: sigmoids in fp32; the best k of the best group, by sigmoid plus a correction of each expert. */
export const nemotronRouter: Route = (loaded, name, x) =>
  routingOf(
    loaded,
    call(
      name,
      (input): Routed => {
        const weight = tensorOf(loaded, `${name}.weight`);
        const router_logits = bind(matmul(to(input, "fp32"), to(weight, "fp32"), null));
        const scores = bind(sigmoid(router_logits));
        const { shape } = scores;
        const group = withLast(shape, 1);
        let scores_for_choice = bind(add(scores, loaded.buffers[0] as Tensor));
        const group_scores = bind(sumTo(topValues(scores_for_choice, withLast(shape, 2)), group));
        const group_idx = bind(bestOf(group_scores, 1));
        const group_mask = bind(withoutGraph({ name: "zeros_like", shape: group, dtype: "fp32" }, group_idx));
        const score_mask = withoutGraph({ name: "bool", shape, dtype: "bool" }, group_mask);
        const outside = withoutGraph({ name: "bitwise_not", shape, dtype: "bool" }, score_mask);
        scores_for_choice = rebind(scores_for_choice, maskedFill(scores_for_choice, outside));
        const indices = bind(bestOf(scores_for_choice, loaded.architecture.num_experts_per_tok ?? 1));
        let weights = bind(gather(scores, indices, indices.shape));
        const denominator = bind(addNumber(sumTo(weights, group)));
        weights = rebind(weights, divideInPlace(weights, denominator));
        return [router_logits, scale(weights), indices];
      },
      x,
    ),
  );

/**
 * `load_balancing_loss_func`, outside the graph: one number from the logits of all routers, which the caller holds. Its temporaries (probabilities of one layer and
 * of the layer before it) are left out: they are gone when it returns, and a layer or whole logits take more.
 *
 * @see transformers 5.24, models/mixtral/modeling_mixtral.py
 */
export const routersLoss = (first: Tensor): Tensor =>
  withMarks(first.tape.recorder, { term: "logits", module: "load_balancing_loss_func" }, () =>
    withoutGraph({ name: "mul", shape: shapeOf(1), dtype: "fp32" }, first),
  );
