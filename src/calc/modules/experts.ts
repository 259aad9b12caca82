import { expertAdaptersOf } from "#calc/model/expert-adapters.ts";
import { drop } from "#calc/tape/tensor.ts";
import { mul } from "#calc/tape/ops/binary.ts";
import { addInPlace, maskedFillInPlace } from "#calc/tape/ops/in-place.ts";
import { compute } from "#calc/tape/ops/compute.ts";
import { gather } from "#calc/tape/ops/gather.ts";
import { groupedMm } from "#calc/tape/ops/grouped-mm.ts";
import { sumExpanded, sumTo } from "#calc/tape/ops/sum.ts";
import { to } from "#calc/tape/ops/to.ts";
import { maskedFill } from "#calc/tape/ops/where.ts";
import { view } from "#calc/tape/ops/view.ts";
import { bind, call, rebind, scoped } from "#calc/tape/scope.ts";
import { lastDim, shapeOf } from "#calc/tape/ledger/shape.ts";
import { recordView } from "#calc/tape/record.ts";
import { passOn } from "#calc/tape/ops/backwards.ts";
import type { RankHooks, Tensor } from "#calc/tape/tape.ts";
import type { Experts } from "./expert-gates.ts";
import type { Loaded } from "./loaded.ts";
import { readingOf, expertsShapeOf } from "./fused-experts.ts";
import { type ExpertWeights, expertWeights } from "./expert-weights.ts";
import { rebuiltExperts } from "./rebuilt-experts.ts";
import { plusLinears } from "./separated-lora.ts";

/** Which experts each token goes to, and with which weights: [b, s, k]. */
export type Routing = Readonly<{ weights: Tensor; indices: Tensor }>;

/** Up to which row each expert's rows reach, [experts]; it and its temporaries are bound in the caller's scope. */
const offsetsOf = (ids: Tensor, experts: number): Tensor => {
  const histcInput = bind(compute({ name: "float", shape: ids.shape, dtype: "fp32" }, ids));
  const tokensPerExpert = bind(compute({ name: "histc", shape: shapeOf(experts), dtype: "fp32" }, histcInput));
  return bind(compute({ name: "cumsum", shape: shapeOf(experts), dtype: "fp32" }, tokensPerExpert));
};

/**
 * One of the two products of an expert. `bias`: a row for each row of x, bound in the caller's scope; the second product's replaces the
 * first's.
 */
type Product = Readonly<{ weight: Tensor; bias: Tensor | null; offsets: Tensor; width: number }>;

const product = (x: Tensor, { weight, bias, offsets, width }: Product): Tensor => {
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

  const ids = bind(compute({ name: "sort", ...ofRows }, indices));
  const perm = bind(compute({ name: "sort", ...ofRows }, indices));
  let selected = bind(gather(hidden_states, compute({ name: "floor_divide", ...ofRows }, perm), ofCopies));
  const sample_weights = bind(gather(top_k_weights, perm, indices.shape));
  const offsets = offsetsOf(ids, num_experts);
  const mask = areShared(loaded) ? bind(compute({ name: "ge", shape: indices.shape, dtype: "bool" }, ids)) : null;
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
    scoped(x.tape, () => plusLinears(loaded, `${path}.${name}`, [x, bind(y), rows]));
  const upOutput = product(selected, { weight: upWeight, bias, offsets, width: upWidth });
  let proj_out = ownRows(bind(adapted(up, selected, upOutput)));
  proj_out = rebind(proj_out, gate(proj_out, hidden_act));
  const downWeight = weightOf("down_proj", proj_out);
  chooseBias("down_proj_bias", width);
  const downOutput = product(proj_out, { weight: downWeight, bias, offsets, width });
  proj_out = ownRows(rebind(proj_out, adapted("down_proj", proj_out, downOutput)));

  let weighted_out = bind(mul(proj_out, view(sample_weights, shapeOf(...indices.shape.dims, 1))));
  const inv_perm = bind(compute({ name: "empty_like", ...ofRows }, perm));
  drop(compute({ name: "arange", ...ofRows }, perm));
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
