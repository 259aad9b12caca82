import { drop } from "#calc/tape/tensor.ts";
import { mul } from "#calc/tape/ops/binary.ts";
import { addInPlace } from "#calc/tape/ops/in-place.ts";
import { compute } from "#calc/tape/ops/compute.ts";
import { gather } from "#calc/tape/ops/gather.ts";
import { groupedMm } from "#calc/tape/ops/grouped-mm.ts";
import { sumTo } from "#calc/tape/ops/sum.ts";
import { to } from "#calc/tape/ops/to.ts";
import { chunk, view } from "#calc/tape/ops/view.ts";
import { bind, bindAll, call, rebind, scoped } from "#calc/tape/scope.ts";
import { lastDim, shapeOf } from "#calc/tape/ledger/shape.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import { activation } from "./activations.ts";
import type { Loaded } from "./loaded.ts";
import { adaptedExperts, expertFactors } from "./parameter-adapter.ts";
import { tensorOf } from "./loaded.ts";

/** Which experts each token goes to, and with which weights: [b, s, k]. */
export type Routing = Readonly<{ weights: Tensor; indices: Tensor }>;

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

/** `path`: where the parameters are. `up`: the name of the first product's. `gate`: what runs between the two products. */
export type Experts = Readonly<{ path: string; up?: string; gate: ApplyGate }>;

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

/** The parameters of the two products, in the order in which their adapters act: the outermost wrapper first. */
const PARAMETERS = ["down_proj", "gate_up_proj"] as const;

/** The factors of the adapters of the experts' parameters, bound in the caller's scope. */
const activateAdapters = (loaded: Loaded, path: string): ReadonlyMap<string, readonly [Tensor, Tensor]> => {
  const factors = new Map<string, readonly [Tensor, Tensor]>();
  for (const name of PARAMETERS) {
    const adapter = loaded.parameterAdapters.get(`${path}.${name}`);
    if (adapter === undefined) continue;
    factors.set(
      name,
      expertFactors(tensorOf(loaded, `${path}.${name}`), adapter, loaded.architecture.num_experts ?? 1),
    );
  }
  return factors;
};

type Adapters = ReturnType<typeof activateAdapters>;

const forward = (
  loaded: Loaded,
  { path, up = "gate_up_proj", gate, adapters }: Experts & Readonly<{ adapters: Adapters }>,
  [hidden_states, indices, top_k_weights]: readonly [Tensor, Tensor, Tensor],
): Tensor => {
  const { hidden_act, num_experts = 0 } = loaded.architecture;
  const width = Number(lastDim(hidden_states.shape));
  const k = lastDim(indices.shape);
  const [ofCopies, ofRows] = [shapeOf("b", "s", k, width), { shape: indices.shape, dtype: "int64" } as const];
  const weightOf = (name: string): Tensor => {
    const weight = tensorOf(loaded, `${path}.${name}`);
    const factors = adapters.get(name);
    return factors === undefined ? weight : adaptedExperts(weight, factors);
  };
  const upWidth = tensorOf(loaded, `${path}.${up}`).shape.factor / num_experts / width;

  const ids = bind(compute({ name: "sort", ...ofRows }, indices));
  const perm = bind(compute({ name: "sort", ...ofRows }, indices));
  const selected = bind(gather(hidden_states, compute({ name: "floor_divide", ...ofRows }, perm), ofCopies));
  const sample_weights = bind(gather(top_k_weights, perm, indices.shape));
  const offsets = offsetsOf(ids, num_experts);

  let bias: Tensor | null = null;
  const chooseBias = (name: string, outWidth: number): void => {
    const biases = loaded.tensors.get(`${path}.${name}`);
    if (biases === undefined) return;
    const rows = gather(biases, ids, shapeOf("b", "s", k, outWidth));
    bias = bias === null ? bind(rows) : rebind(bias, rows);
  };
  chooseBias(`${up}_bias`, upWidth);
  let proj_out = bind(product(selected, { weight: weightOf(up), bias, offsets, width: upWidth }));
  proj_out = rebind(proj_out, gate(proj_out, hidden_act));
  chooseBias("down_proj_bias", width);
  proj_out = rebind(proj_out, product(proj_out, { weight: weightOf("down_proj"), bias, offsets, width }));

  let weighted_out = bind(mul(proj_out, view(sample_weights, shapeOf("b", "s", k, 1))));
  const inv_perm = bind(compute({ name: "empty_like", ...ofRows }, perm));
  drop(compute({ name: "arange", ...ofRows }, perm));
  weighted_out = rebind(weighted_out, gather(weighted_out, inv_perm, ofCopies));
  return to(bind(sumTo(weighted_out, hidden_states.shape)), hidden_states.dtype);
};

/**
 * `grouped_mm_experts_forward`: every token k times, sorted by expert, through both products, weighted, put back in order and summed.
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
    (...inputs: readonly [Tensor, Tensor, Tensor]) =>
      forward(loaded, { ...experts, adapters: activateAdapters(loaded, experts.path) }, inputs),
    x,
    routing.indices,
    routing.weights,
  );
