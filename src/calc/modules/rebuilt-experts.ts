import type { Element } from "#calc/base/element.ts";
import { add } from "#calc/tape/ops/binary.ts";
import { clampBelow } from "#calc/tape/ops/clamp.ts";
import { compute } from "#calc/tape/ops/compute.ts";
import { gather } from "#calc/tape/ops/gather.ts";
import { groupedMm } from "#calc/tape/ops/grouped-mm.ts";
import { fusedSwiglu, gateGradient, unpermute } from "#calc/tape/ops/moe-kernels.ts";
import { to } from "#calc/tape/ops/to.ts";
import { where } from "#calc/tape/ops/where.ts";
import { bind, rebind, scoped, unname } from "#calc/tape/scope.ts";
import { lastDim, shapeOf } from "#calc/tape/ledger/shape.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import { aliasOf, drop } from "#calc/tape/tensor.ts";
import { type Experts, gatedByActivation } from "./expert-gates.ts";
import { readingOf, readExperts, expertsShapeOf } from "./fused-experts.ts";
import { type Loaded, tensorOf } from "./loaded.ts";
import { COMPUTE, rebuiltProduct } from "./rebuilt-product.ts";
import { plusAdapters } from "./separated-lora.ts";

/** Rows by expert: how many each has, up to which row, and which row of the flat choice each is. */
type Sorted = Readonly<{ counts: Tensor; order: Tensor; offsets: Tensor }>;

/** `moe_routing_sort`: bound in the caller's scope. */
const sortedRows = (indices: Tensor, experts: number): Sorted => {
  const ofRows = { shape: indices.shape, dtype: "int64" } as const;
  const ofExperts = { shape: shapeOf(experts), dtype: "int32" } as const;
  const counts = bind(compute({ name: "zeros", ...ofExperts }, indices));
  drop(compute({ name: "ones_like", shape: indices.shape, dtype: "int32" }, indices));
  const values = compute({ name: "sort", ...ofRows }, indices);
  const order = bind(compute({ name: "sort", ...ofRows }, indices));
  drop(values);
  const offsets = bind(compute({ name: "cumsum", ...ofExperts }, counts));
  return { counts, order, offsets };
};

/** What a product of experts is of: the module, how its rows are sorted, and the choice of experts, of which that was made. */
type Routed = Sorted & Readonly<{ loaded: Loaded; experts: number; indices: Tensor }>;

/** What the products of these experts are computed in: the type of weights that are not packed. */
const computeOf = (loaded: Loaded, name: string): Element =>
  loaded.packed.has(name) ? COMPUTE : tensorOf(loaded, name).dtype;

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
    const y = plusAdapters(loaded, name, [x, bind(baseProduct(x, name, routed)), routed]);
    const biases = loaded.tensors.get(`${name}_bias`);
    if (biases === undefined) return y;
    const ids = bind(gather(indices, order, indices.shape));
    return add(y, to(gather(biases, ids, y.shape), y.dtype));
  });

/** Weights of the rows as they are sorted; those that take part in the router's gradient are kept from zero. Bound in the caller's scope. */
const rowWeights = (top_k_weights: Tensor, order: Tensor): Tensor => {
  const raw = bind(gather(top_k_weights, order, top_k_weights.shape));
  if (top_k_weights.node === null) return raw;
  const condition = compute({ name: "ge", shape: raw.shape, dtype: "bool" }, raw);
  const floored = bind(where(condition, clampBelow(raw), clampBelow(raw)));
  const difference = compute({ name: "sub", shape: raw.shape, dtype: raw.dtype }, floored);
  return bind(add(raw, difference));
};

/** `_fused_moe_activation`: SwiGLU and gpt-oss's gate run in one kernel, which keeps its input; others op by op. */
const activated = (loaded: Loaded, { gate, hasKernel }: Experts, y: Tensor): Tensor => {
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
export const rebuiltExperts = (
  loaded: Loaded,
  experts: Experts,
  [hidden_states, indices, top_k_weights]: readonly [Tensor, Tensor, Tensor],
): Tensor => {
  const { num_experts = 1 } = loaded.architecture;
  const { path, up = "gate_up_proj" } = experts;
  const x = bind(to(hidden_states, computeOf(loaded, `${path}.${up}`)));
  const routed = { ...sortedRows(indices, num_experts), loaded, experts: num_experts, indices };
  const { order } = routed;
  const tokens = compute({ name: "floor_divide", shape: indices.shape, dtype: "int64" }, order);
  const rows = bind(gather(x, tokens, shapeOf(...indices.shape.dims, lastDim(x.shape))));
  let inter = bind(activated(loaded, experts, product(rows, `${path}.${up}`, routed)));
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
