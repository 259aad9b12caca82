import { expertAdaptersOf } from "#calc/model/expert-adapters.ts";
import { drop } from "#calc/tape/tensor.ts";
import { mul } from "#calc/tape/ops/binary.ts";
import { addInPlace } from "#calc/tape/ops/in-place.ts";
import { compute } from "#calc/tape/ops/compute.ts";
import { gather } from "#calc/tape/ops/gather.ts";
import { groupedMm } from "#calc/tape/ops/grouped-mm.ts";
import { sumTo } from "#calc/tape/ops/sum.ts";
import { to } from "#calc/tape/ops/to.ts";
import { view } from "#calc/tape/ops/view.ts";
import { bind, call, rebind, scoped } from "#calc/tape/scope.ts";
import { lastDim, shapeOf } from "#calc/tape/ledger/shape.ts";
import type { Tensor } from "#calc/tape/tape.ts";
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

const forward = (
  loaded: Loaded,
  { path, up = "gate_up_proj", gate, weightOf }: Experts & Readonly<{ weightOf: ExpertWeights }>,
  [hidden_states, indices, top_k_weights]: readonly [Tensor, Tensor, Tensor],
): Tensor => {
  const { hidden_act, num_experts = 0 } = loaded.architecture;
  const width = Number(lastDim(hidden_states.shape));
  const k = lastDim(indices.shape);
  const [ofCopies, ofRows] = [shapeOf("b", "s", k, width), { shape: indices.shape, dtype: "int64" } as const];
  const upWidth = expertsShapeOf(loaded, `${path}.${up}`).factor / num_experts / width;

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
  const upWeight = weightOf(up, selected);
  chooseBias(`${up}_bias`, upWidth);
  const rows = { experts: num_experts, offsets };
  const adapted = (name: string, x: Tensor, y: Tensor): Tensor =>
    scoped(x.tape, () => plusLinears(loaded, `${path}.${name}`, [x, bind(y), rows]));
  const upOutput = product(selected, { weight: upWeight, bias, offsets, width: upWidth });
  let proj_out = bind(adapted(up, selected, upOutput));
  proj_out = rebind(proj_out, gate(proj_out, hidden_act));
  const downWeight = weightOf("down_proj", proj_out);
  chooseBias("down_proj_bias", width);
  const downOutput = product(proj_out, { weight: downWeight, bias, offsets, width });
  proj_out = rebind(proj_out, adapted("down_proj", proj_out, downOutput));

  let weighted_out = bind(mul(proj_out, view(sample_weights, shapeOf("b", "s", k, 1))));
  const inv_perm = bind(compute({ name: "empty_like", ...ofRows }, perm));
  drop(compute({ name: "arange", ...ofRows }, perm));
  weighted_out = rebind(weighted_out, gather(weighted_out, inv_perm, ofCopies));
  return to(bind(sumTo(weighted_out, hidden_states.shape)), hidden_states.dtype);
};

/** Whether Unsloth's own forward runs gated experts of a model; ungated ones, and those that are trained, run as in transformers. */
export const isRunByUnsloth = ({ options: { method, modelling } }: Loaded): boolean =>
  method.kind !== "full" && expertAdaptersOf(modelling) === "unsloth";

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
      readingOf(loaded) === "rebuilt" || (experts.up === undefined && isRunByUnsloth(loaded))
        ? rebuiltExperts(loaded, experts, inputs)
        : forward(loaded, { ...experts, weightOf: expertWeights(loaded, experts) }, inputs),
    x,
    routing.indices,
    routing.weights,
  );
