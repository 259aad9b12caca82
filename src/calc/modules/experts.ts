// Experts' forward: grouped products with adapters, Unsloth's, expert parallelism, Mixtral's one by one.

import type { Tensor, RankHooks } from "#calc/tape/tape.ts";
import { dequantizedExperts, readExperts, readingOf, expertsShapeOf } from "./fused-experts.ts";
import { type Loaded, tensorOf } from "./loaded-modules.ts";
import { adaptedExperts, expertFactors, packedExpertsDelta, withDelta } from "./parameter-adapter.ts";
import { mul, add, addTo, divideInPlace, addInPlace, maskedFillInPlace } from "#calc/tape/ops/arithmetic.ts";
import { chunk, to, view } from "#calc/tape/ops/views.ts";
import { bindAll, call, scoped, bind, rebind, unname } from "#calc/tape/scope.ts";
import { activation } from "./mlp.ts";
import type { Element } from "#calc/base/dtypes.ts";
import { clampBelow, softmax } from "#calc/tape/ops/unary.ts";
import { withoutGraph, passOn, recordView } from "#calc/tape/operation.ts";
import { gather, topk } from "#calc/tape/ops/indexing.ts";
import { groupedMm } from "#calc/tape/ops/products.ts";
import { fusedSwiglu, gateGradient, unpermute } from "#calc/tape/ops/expert-kernels.ts";
import { where, maskedFill } from "#calc/tape/ops/selection.ts";
import { lastDim, shapeOf, withLast } from "#calc/tape/ledger/shape.ts";
import { aliasOf, drop } from "#calc/tape/tensor.ts";
import { UNSLOTH_EXPERTS_DTYPE, rebuiltProduct, addAllAdapters, addLinearAdapters } from "./separated-lora.ts";
import { expertAdaptersOf } from "#calc/model/tuners.ts";
import { sumExpanded, sumTo } from "#calc/tape/ops/reductions.ts";
import { linear } from "./linear.ts";

/** The weights that a product with `x` takes, by the parameter's name among the experts; bound in the caller's scope. */
type ExpertWeights = (name: string, x: Tensor) => Tensor;

/** Activates the adapter of a parameter: what it keeps is bound in the caller's scope, and so is the sum that each call makes. null: it has none. */
const activated = (loaded: Loaded, name: string, transposed: boolean): (() => Tensor) | null => {
  const { num_experts: experts = 1 } = loaded.architecture;
  const adapter = loaded.parameterAdapters.get(name);
  if (adapter === undefined) return null;
  if (loaded.packed.has(name)) {
    const read = (): Tensor => dequantizedExperts(loaded, name, false);
    const delta = packedExpertsDelta(read, adapter, experts);
    return () => withDelta(read(), delta);
  }
  const weight = tensorOf(loaded, name);
  const factors = expertFactors(weight, adapter, { experts, transposed });
  return () => adaptedExperts(weight, factors);
};

/**
 * The weights of experts as PEFT's `ParamWrapper` has a module take them: with their updates. The outermost wrapper, that of the second product, acts first.
 *
 * @see PEFT 0.21, tuners/lora/layer.py, `ParamWrapper._activate_lora`
 */
export const expertWeights = (
  loaded: Loaded,
  { path, up = "gate_up_proj", transposed = false }: Pick<Experts, "path" | "up"> & Readonly<{ transposed?: boolean }>,
): ExpertWeights => {
  const adapted = new Map(["down_proj", up].map((name) => [name, activated(loaded, `${path}.${name}`, transposed)]));
  return (name, x) => adapted.get(name)?.() ?? readExperts(loaded, `${path}.${name}`, x);
};

/** The gated activation between the two products of an expert. */
export type ApplyGate = (gateUp: Tensor, hidden_act: string | undefined) => Tensor;

/** `_default_apply_gate` */
export const gatedByActivation: ApplyGate = (gateUp, hidden_act) =>
  scoped(gateUp.tape, () => {
    const [gate, up] = bindAll(chunk(gateUp, 2)) as readonly [Tensor, Tensor];
    return mul(call("act_fn", activation(hidden_act), gate), up);
  });

/** The activation alone, without a gate. */
export const ungated: ApplyGate = (x, hidden_act) => call("act_fn", activation(hidden_act), x);

/**
 * `path`: where the parameters are. `up`: the name of the first product's. `gate`: what runs between the two products; `hasKernel`: Unsloth has a kernel for one
 * that is the model's own. `transposed`: matrices are stored [in, out].
 */
type Experts = Readonly<{ path: string; up?: string; gate: ApplyGate; hasKernel?: true; transposed?: true }>;

/** Rows by expert: how many each has, up to which row, and which row of the flat choice each is. */
type Sorted = Readonly<{ counts: Tensor; order: Tensor; offsets: Tensor }>;

/** `moe_routing_sort`: bound in the caller's scope. */
const sortedRows = (indices: Tensor, experts: number): Sorted => {
  const ofRows = { shape: indices.shape, dtype: "int64" } as const;
  const ofExperts = { shape: shapeOf(experts), dtype: "int32" } as const;
  const counts = bind(withoutGraph({ name: "zeros", ...ofExperts }, indices));
  drop(withoutGraph({ name: "ones_like", shape: indices.shape, dtype: "int32" }, indices));
  const values = withoutGraph({ name: "sort", ...ofRows }, indices);
  const order = bind(withoutGraph({ name: "sort", ...ofRows }, indices));
  drop(values);
  const offsets = bind(withoutGraph({ name: "cumsum", ...ofExperts }, counts));
  return { counts, order, offsets };
};

/** What a product of experts is of: the module, how its rows are sorted, and the choice of experts, of which that was made. */
type Routed = Sorted & Readonly<{ loaded: Loaded; experts: number; indices: Tensor }>;

/** What the products of these experts are computed in: the type of weights that are not packed. */
const computeOf = (loaded: Loaded, name: string): Element =>
  loaded.packed.has(name) ? UNSLOTH_EXPERTS_DTYPE : tensorOf(loaded, name).dtype;

/** The product of the weights themselves: packed ones are there only for it, unless autograd saves them. */
const baseProduct = (x: Tensor, name: string, { loaded, experts, ...rows }: Routed): Tensor => {
  const width = expertsShapeOf(loaded, name).factor / experts / Number(lastDim(x.shape));
  return loaded.packed.has(name) && readingOf(loaded) === "rebuilt"
    ? rebuiltProduct(x, { weights: expertsShapeOf(loaded, name), rows, width })
    : groupedMm(x, { weight: readExperts(loaded, name, x), offsets: rows.offsets, width });
};

/** One of the two products: of the weights, plus the adapters' part, plus the biases. */
const product = (x: Tensor, name: string, routed: Routed): Tensor =>
  scoped(x.tape, () => {
    const { loaded, order, indices } = routed;
    const y = addAllAdapters(loaded, name, [x, bind(baseProduct(x, name, routed)), routed]);
    const biases = loaded.tensors.get(`${name}_bias`);
    if (biases === undefined) return y;
    const ids = bind(gather(indices, order, indices.shape));
    return add(y, to(gather(biases, ids, y.shape), y.dtype));
  });

/** Weights of the rows as they are sorted; those that take part in the router's gradient are kept from zero. Bound in the caller's scope. */
const rowWeights = (top_k_weights: Tensor, order: Tensor): Tensor => {
  const raw = bind(gather(top_k_weights, order, top_k_weights.shape));
  if (top_k_weights.node === null) return raw;
  const condition = withoutGraph({ name: "ge", shape: raw.shape, dtype: "bool" }, raw);
  const floored = bind(where(condition, clampBelow(raw), clampBelow(raw)));
  const difference = withoutGraph({ name: "sub", shape: raw.shape, dtype: raw.dtype }, floored);
  return bind(add(raw, difference));
};

/** `_fused_moe_activation`: SwiGLU and gpt-oss's gate run in one kernel, which keeps its input; others op by op. */
const rebuiltExpertsActivated = (loaded: Loaded, { gate, hasKernel }: Experts, y: Tensor): Tensor => {
  const { hidden_act = "silu" } = loaded.architecture;
  const isSwiglu = gate === gatedByActivation && /^(silu|swish)$/.test(hidden_act);
  return isSwiglu || hasKernel === true ? fusedSwiglu(y) : scoped(y.tape, () => gate(bind(y), hidden_act));
};

/**
 * `forward_native_grouped_mm`: of experts in 4 bits neither forward nor backward keeps the weights. The router's gradient is taken from the input of the down
 * projection, so that its output is not kept either.
 *
 * @see unsloth-zoo 2026.10.9, temporary_patches/moe_utils.py, `forward_native_grouped_mm`; moe_utils_bnb4bit.py, `forward_moe_backend_bnb4bit`
 */
const rebuiltExperts = (
  loaded: Loaded,
  experts: Experts,
  [hidden_states, indices, top_k_weights]: readonly [Tensor, Tensor, Tensor],
): Tensor => {
  const { num_experts = 1 } = loaded.architecture;
  const { path, up = "gate_up_proj" } = experts;
  const x = bind(to(hidden_states, computeOf(loaded, `${path}.${up}`)));
  const routed = { ...sortedRows(indices, num_experts), loaded, experts: num_experts, indices };
  const { order } = routed;
  const tokens = withoutGraph({ name: "floor_divide", shape: indices.shape, dtype: "int64" }, order);
  const rows = bind(gather(x, tokens, shapeOf(...indices.shape.dims, lastDim(x.shape))));
  let inter = bind(rebuiltExpertsActivated(loaded, experts, product(rows, `${path}.${up}`, routed)));
  let weights = rowWeights(top_k_weights, order);
  if (weights.node !== null) {
    inter = rebind(inter, gateGradient(inter, weights));
    const detached = bind(aliasOf(weights, weights.shape));
    unname(weights);
    weights = detached;
  }
  const y = product(inter, `${path}.down_proj`, routed);
  return to(unpermute(y, { order, weights, shape: x.shape, dtype: x.dtype }), hidden_states.dtype);
};

/** Which experts each token goes to, and with which weights: [b, s, k]. */
export type Routing = Readonly<{ weights: Tensor; indices: Tensor }>;

/** Up to which row each expert's rows reach, [experts]; it and its temporaries are bound in the caller's scope. */
const offsetsOf = (ids: Tensor, experts: number): Tensor => {
  const histcInput = bind(withoutGraph({ name: "float", shape: ids.shape, dtype: "fp32" }, ids));
  const tokensPerExpert = bind(withoutGraph({ name: "histc", shape: shapeOf(experts), dtype: "fp32" }, histcInput));
  return bind(withoutGraph({ name: "cumsum", shape: shapeOf(experts), dtype: "fp32" }, tokensPerExpert));
};

/**
 * One of the two products of an expert. `bias`: a row for each row of x, bound in the caller's scope; the second product's replaces the
 * first's.
 */
type Product = Readonly<{ weight: Tensor; bias: Tensor | null; offsets: Tensor; width: number }>;

const expertsProduct = (x: Tensor, { weight, bias, offsets, width }: Product): Tensor => {
  const output = groupedMm(to(x, weight.dtype), { weight, offsets, width });
  return bias === null ? output : addInPlace(output, bias);
};

/** Whether ranks share out the experts (`_is_expert_parallel`). */
const areShared = ({ options: { division } }: Loaded): boolean => (division?.ep_size ?? 1) > 1;

const forward = (
  loaded: Loaded,
  { path, up = "gate_up_proj", gate, weightOf }: Experts & Readonly<{ weightOf: ExpertWeights }>,
  [hidden_states, indices, top_k_weights]: readonly [Tensor, Tensor, Tensor],
): Tensor => {
  const { hidden_act } = loaded.architecture;
  const width = Number(lastDim(hidden_states.shape));
  const ofUp = expertsShapeOf(loaded, `${path}.${up}`);
  const num_experts = Number(ofUp.dims[0] ?? 1);
  const [ofCopies, ofRows] = [shapeOf(...indices.shape.dims, width), { shape: indices.shape, dtype: "int64" } as const];
  const upWidth = ofUp.factor / num_experts / width;

  const ids = bind(withoutGraph({ name: "sort", ...ofRows }, indices));
  const perm = bind(withoutGraph({ name: "sort", ...ofRows }, indices));
  let selected = bind(gather(hidden_states, withoutGraph({ name: "floor_divide", ...ofRows }, perm), ofCopies));
  const sample_weights = bind(gather(top_k_weights, perm, indices.shape));
  const offsets = offsetsOf(ids, num_experts);
  const mask = areShared(loaded) ? bind(withoutGraph({ name: "ge", shape: indices.shape, dtype: "bool" }, ids)) : null;
  const ownRows = (output: Tensor): Tensor => (mask === null ? output : rebind(output, maskedFill(output, mask)));

  let bias: Tensor | null = null;
  const chooseBias = (name: string, outWidth: number): void => {
    const biases = loaded.tensors.get(`${path}.${name}`);
    if (biases === undefined) return;
    const rows = gather(biases, ids, shapeOf(...indices.shape.dims, outWidth));
    bias = bias === null ? bind(rows) : rebind(bias, rows);
  };
  const upWeight = weightOf(up, selected);
  chooseBias(`${up}_bias`, upWidth);
  if (mask !== null) selected = rebind(selected, maskedFillInPlace(selected, mask));
  const rows = { experts: num_experts, offsets };
  const adapted = (name: string, x: Tensor, y: Tensor): Tensor =>
    scoped(x.tape, () => addLinearAdapters(loaded, `${path}.${name}`, [x, bind(y), rows]));
  const upOutput = expertsProduct(selected, { weight: upWeight, bias, offsets, width: upWidth });
  let proj_out = ownRows(bind(adapted(up, selected, upOutput)));
  proj_out = rebind(proj_out, gate(proj_out, hidden_act));
  const downWeight = weightOf("down_proj", proj_out);
  chooseBias("down_proj_bias", width);
  const downOutput = expertsProduct(proj_out, { weight: downWeight, bias, offsets, width });
  proj_out = ownRows(rebind(proj_out, adapted("down_proj", proj_out, downOutput)));

  let weighted_out = bind(mul(proj_out, view(sample_weights, shapeOf(...indices.shape.dims, 1))));
  const inv_perm = bind(withoutGraph({ name: "empty_like", ...ofRows }, perm));
  drop(withoutGraph({ name: "arange", ...ofRows }, perm));
  weighted_out = rebind(weighted_out, gather(weighted_out, inv_perm, ofCopies));
  // The sum of one row for each token: its backward passes the gradient on, as a view.
  const sum = mask === null ? sumTo : sumExpanded;
  return to(bind(sum(weighted_out, hidden_states.shape)), hidden_states.dtype);
};

type Inputs = readonly [x: Tensor, indices: Tensor, weights: Tensor];

const run = (loaded: Loaded, experts: Experts, inputs: Inputs): Tensor =>
  forward(loaded, { ...experts, weightOf: expertWeights(loaded, experts) }, inputs);

/**
 * With local tensors in the place of the module's parameters, which are parts of wholes (`_use_local_dtensor_params`). Their nodes are older than those of the
 * tokens that are sent: gradients of parameters wait until the tokens' are sent back.
 */
const withLocal = (loaded: Loaded, path: string): Loaded => {
  const own = [...loaded.tensors].filter(([name]) => name.startsWith(`${path}.`));
  const local = own.map(([name, parameter]) => {
    const { shape, permuted } = parameter;
    return [name, bind(recordView(parameter, { name: "to", shape, permuted, backward: passOn }))] as const;
  });
  return { ...loaded, tensors: new Map([...loaded.tensors, ...local]) };
};

type Dispatched = Readonly<{ dispatch: NonNullable<RankHooks["dispatch"]>; inputs: Inputs }>;

const dispatched = (loaded: Loaded, experts: Experts, { dispatch, inputs }: Dispatched): Tensor => {
  const local = withLocal(loaded, experts.path);
  const [x, indices, weights] = inputs;
  return dispatch({ x, indices, weights }, (sent) => run(local, experts, [sent.x, sent.indices, sent.weights]));
};

/** Whether Unsloth's own forward runs gated experts of a model; ungated ones, and those that are trained, run as in transformers. */
export const isRunByUnsloth = ({ options: { method, modelling } }: Loaded): boolean =>
  method.kind !== "full" && expertAdaptersOf(modelling) === "unsloth";

/**
 * `grouped_mm_experts_forward`: every token k times, sorted by expert, through both products, weighted, put back in order and summed. Where ranks share out the
 * experts, rows of the others' are masked, though none are sent: they have a mask before the first product and after each.
 *
 * @see transformers 5.24, integrations/moe.py
 */
export const groupedExperts = (
  loaded: Loaded,
  experts: Experts,
  { x, routing }: Readonly<{ x: Tensor; routing: Routing }>,
): Tensor =>
  call(
    experts.path,
    (...inputs: readonly [Tensor, Tensor, Tensor]) => {
      if (readingOf(loaded) === "rebuilt" || (experts.up === undefined && isRunByUnsloth(loaded)))
        return rebuiltExperts(loaded, experts, inputs);
      const { dispatch } = x.tape.hooks.ranks ?? {};
      return dispatch === undefined ? run(loaded, experts, inputs) : dispatched(loaded, experts, { dispatch, inputs });
    },
    x,
    routing.indices,
    routing.weights,
  );

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
