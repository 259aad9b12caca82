// Scan of the gated delta rule over chunks, and the triangular solve before it.

import { withMarks } from "#calc/tape/recorder.ts";
import { drop, fresh } from "#calc/tape/tensor.ts";
import type { Element } from "#calc/base/dtypes.ts";
import { arrivedGradient, emptyLike, record, save, startNode, inPlace } from "#calc/tape/operation.ts";
import type { Dim } from "#calc/tape/ledger/dimension.ts";
import { type Shape, shapeOf } from "#calc/tape/ledger/shape.ts";
import type { Tensor } from "#calc/tape/tape.ts";

/** `torch.linalg.solve_triangular(A, B)`: saves A and the result. The result and the gradient of B are column-major. */
export const solveTriangular = (A: Tensor, B: Tensor): Tensor => {
  const ofA = A.shape;
  return record({
    name: "solve_triangular",
    inputs: [A, B],
    shape: B.shape,
    dtype: B.dtype,
    permuted: true,
    saves: [A],
    savesOutput: true,
    backward: (gradients) => {
      const g = arrivedGradient(gradients);
      const ofB = emptyLike(g);
      ofB.permuted = true;
      const product = fresh(g.tape, ofA, g.dtype);
      const negated = fresh(g.tape, ofA, g.dtype);
      drop(product);
      const lower = fresh(g.tape, ofA, g.dtype);
      drop(negated);
      return [lower, ofB];
    },
  });
};

/** The inputs of the scan over chunks, and the state before the first one. */
type DeltaRule = Readonly<{
  chunk_decay: Tensor;
  new_values: Tensor;
  k_cumdecay: Tensor;
  query: Tensor;
  key: Tensor;
  intra_chunk_attn: Tensor;
  state: Tensor;
}>;

/** The names that the loop leaves bound: the result, and the last chunk's `inter_chunk_attn` and `v_new`. */
type Scanned = readonly [core_attn_out: Tensor, inter_chunk_attn: Tensor, v_new: Tensor];

/** How the products of a chunk get their operands: as they are, copied (where queries are permuted and b > 1), or cast by autocast. */
type Operands = "plain" | "copied" | "cast";

/**
 * How many chunks of queries the temporaries at the peak of backward amount to: the gradient of one slice of the queries, as long as all of
 * them, and the sum that it is added into. Chunks are taken off for the saved tensors that have been released by then.
 */
const SLICES = { plain: ["c", "c-1"], copied: ["c-1", "c-3"], cast: ["c-3", "c-3"] } as const;

const operandsOf = ({ query, state: { tape } }: DeltaRule): Operands => {
  if (tape.autocast.element !== null) return "cast";
  return query.permuted && !tape.policies.singleRow ? "copied" : "plain";
};

/** Positions of a chunk, number of heads, width of keys, width of values. */
const sizesOf = ({ query, state }: DeltaRule): readonly [size: Dim, heads: Dim, keyWidth: Dim, width: Dim] => {
  const [, , size = 1, heads = 1, keyWidth = 1] = query.shape.dims;
  return [size, heads, keyWidth, state.shape.dims[3] ?? 1];
};

/** The tensors that a node saves of the scan beside its inputs. */
type Scan = Readonly<{ kept: readonly Tensor[]; v_new: Tensor; inter_chunk_attn: Tensor }>;

/**
 * Runs the scan. `isKept`: what all chunks save is allocated; else only what one chunk takes, and `state` stands in for every saved tensor,
 * so that a checkpoint gets as many slots.
 */
const scan = (rule: DeltaRule, isKept: boolean): Scan => {
  const { state, chunk_decay } = rule;
  const { tape } = state;
  const [size, heads, keyWidth, width] = sizesOf(rule);
  const operands = operandsOf(rule);
  const half = tape.autocast.element ?? "fp32";
  const of = (chunks: Dim, ...dims: readonly Dim[]): Shape => shapeOf("b", chunks, heads, ...dims);
  const make = (shape: Shape, dtype: Element = half): Tensor => fresh(tape, shape, dtype);
  // Under autocast products save 16-bit copies of the states: then the states themselves are saved only for the gradient of their decay.
  const decayed = operands === "cast" && chunk_decay.node === null ? [] : [of("c-1", keyWidth, width)];
  const [keys, values, states] = [of("c-1", size, keyWidth), of("c", size, width), of("c", keyWidth, width)];
  const copies = {
    plain: [],
    copied: [keys, keys],
    cast: [states, states, keys, keys, keys, values, of("c-1", size, width), of("c", size, size)],
  }[operands];
  const ofLast = { plain: [], copied: [keyWidth], cast: [keyWidth, width] }[operands];

  const kept = isKept ? [...decayed.map((shape) => make(shape, "fp32")), ...copies.map((shape) => make(shape))] : [];
  const v_new = make(isKept && operands !== "cast" ? values : of(1, size, width), "fp32");
  const inter_chunk_attn = make(of(1, size, width));
  const temporaries = isKept ? ofLast.map((each) => make(of(1, size, each))) : [];
  temporaries.push(make(state.shape, "fp32"), make(state.shape), make(state.shape, "fp32"));
  for (const temporary of temporaries) drop(temporary);
  return { kept: isKept ? kept : [...decayed, ...copies].map(() => state), v_new, inter_chunk_attn };
};

/**
 * The loop over chunks of `torch_chunk_gated_delta_rule`, written into `core_attn_out`, as one operation: it saves what all chunks save,
 * and has the temporaries of one chunk. In forward the last chunk is the peak. In backward it is the last but one, when it adds its slice
 * to the gradient of the queries: by then both have released saved tensors, which `SLICES` takes off.
 */
export const deltaRuleScan = (core_attn_out: Tensor, rule: DeltaRule): Scanned => {
  const { state, ...inputs } = rule;
  const { tape } = state;
  const { chunk_decay, k_cumdecay, query, key, intra_chunk_attn } = inputs;
  const all = Object.values(inputs);
  // Nobody reads the state after the last chunk. Where there is one chunk, its decay and keys lead only to that state, and get no gradient.
  const inGraph = tape.policies.singleChunk ? all.filter((input) => input !== chunk_decay && input !== key) : all;
  const needs = inGraph.map(({ node, shape }) => (node === null ? null : shape));
  const operands = operandsOf(rule);
  const [size, heads, keyWidth] = sizesOf(rule);
  const node = startNode("delta_rule", inGraph, () => {
    const results = needs.map((shape) => (shape === null ? null : fresh(tape, shape, "fp32")));
    const slices = SLICES[operands].map((chunks) => fresh(tape, shapeOf("b", chunks, size, heads, keyWidth), "fp32"));
    for (const slice of slices) drop(slice);
    return results;
  });
  const isKept = node !== null && tape.checkpoints.running === null;
  const { kept, v_new, inter_chunk_attn } = withMarks(tape.recorder, { op: "delta_rule" }, () => scan(rule, isKept));
  const asTheyAre = {
    plain: [query, key, k_cumdecay, intra_chunk_attn, state, v_new],
    copied: [k_cumdecay, intra_chunk_attn, state, v_new],
    cast: [],
  }[operands];
  // The state before the first chunk, zeros, needs no gradient: what it is multiplied with is not saved for it.
  const unsaved = tape.policies.singleChunk ? [chunk_decay, key, query, k_cumdecay] : [];
  const saves = [chunk_decay, ...asTheyAre, ...kept].filter((saved) => !unsaved.includes(saved));
  if (node !== null) for (const saved of saves) save(node, saved);
  if (isKept) for (const tensor of kept) drop(tensor);
  return [inPlace(node, [core_attn_out, ...all]), inter_chunk_attn, v_new];
};
