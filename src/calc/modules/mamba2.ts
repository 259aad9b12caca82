// Mamba 2 mixer, with its chunked scan and gated norm.

import { add, mul, subtract } from "#calc/tape/ops/arithmetic.ts";
import { catAll, pad, to, contiguous, expand, slice, split, transpose, view } from "#calc/tape/ops/views.ts";
import { withoutGraph } from "#calc/tape/operation.ts";
import { copiedOperand, einsumResult, operand, bmm } from "#calc/tape/ops/products.ts";
import { mean } from "#calc/tape/ops/reductions.ts";
import {
  addNumber,
  clone,
  negate,
  rsqrt,
  silu,
  square,
  cumsum,
  exp,
  softplus,
  clampBetween,
} from "#calc/tape/ops/unary.ts";
import { maskedFill } from "#calc/tape/ops/selection.ts";
import { bind, bindAll, call, rebind, scoped, unname } from "#calc/tape/scope.ts";
import { type Shape, shapeOf } from "#calc/tape/ledger/shape.ts";
import type { Tape, Tensor } from "#calc/tape/tape.ts";
import { causalConv1d, maskPadding } from "./causal-conv1d.ts";
import { linear } from "./linear.ts";
import { type Loaded, tensorOf } from "./loaded-modules.ts";

/** `segment_sum`: expands x to every pair of positions, and sums up the lower triangle. */
const segmentSum = (x: Tensor, pairs: Shape, ofMask: Shape): Tensor =>
  scoped(x.tape, () => {
    const made = (name: string, from: Tensor): Tensor => withoutGraph({ name, shape: ofMask, dtype: "bool" }, from);
    let input_tensor = bind(expand(x, pairs));
    let mask = bind(made("tril", made("ones", input_tensor)));
    input_tensor = rebind(input_tensor, maskedFill(input_tensor, made("bitwise_not", mask)));
    let tensor_segsum = bind(cumsum(input_tensor));
    mask = rebind(mask, made("tril", made("ones", tensor_segsum)));
    tensor_segsum = rebind(tensor_segsum, maskedFill(tensor_segsum, made("bitwise_not", mask)));
    return tensor_segsum;
  });

/**
 * The inputs of the scan: hidden_states in [b, s, heads, width], dt in [b, s, heads], A in [heads], B and C in [b, s, groups, state].
 * `size`: positions of a chunk.
 */
type Scanned = Readonly<{ hidden_states: Tensor; dt: Tensor; A: Tensor; B: Tensor; C: Tensor; size: number }>;

/** How `einsum` makes a matrix for each chunk and head of a tensor that lies chunk by chunk: it copies, unless there is one chunk. */
const ofChunksOn = ({ policies: { singleChunk } }: Tape): typeof operand => (singleChunk ? operand : copiedOperand);

/** How it makes such a matrix of a tensor in which each row has all heads: it copies, unless there is one chunk and one row. */
const ofRowsOn = ({ policies: { singleRow, singleChunk } }: Tape): typeof operand =>
  singleRow && singleChunk ? operand : copiedOperand;

/** `mamba2_chunk_scan` without the package mamba_ssm. The sequence is padded to whole chunks. */
const chunkScan = (layer: Loaded, path: string, scanned: Scanned): Tensor =>
  scoped(scanned.dt.tape, () => {
    const { size } = scanned;
    const { mamba_n_heads: h = 0, mamba_d_head: p = 0, mamba_d_state: n = 0 } = layer.architecture;
    const [ofRows, ofChunks] = [ofRowsOn(scanned.dt.tape), ofChunksOn(scanned.dt.tape)];
    const inChunks = (...dims: readonly number[]): Shape => shapeOf("b", "c", size, ...dims);
    const bias = tensorOf(layer, `${path}.dt_bias`);
    let dt = bind(add(scanned.dt, to(bias, scanned.dt.dtype)));
    dt = rebind(dt, softplus(dt));
    dt = rebind(dt, clampBetween(dt));

    let hidden_states = bind(to(scanned.hidden_states, "fp32"));
    const forHeads = (x: Tensor): Tensor => bind(clone(expand(to(x, "fp32"), shapeOf("b", "s", h, n))));
    let [B, C] = [forHeads(scanned.B), forHeads(scanned.C)];
    const D_residual = bind(mul(tensorOf(layer, `${path}.D`), pad(hidden_states, inChunks(h, p), true)));
    hidden_states = rebind(hidden_states, mul(hidden_states, to(dt, "fp32")));
    let A = bind(mul(scanned.A, to(dt, "fp32")));
    const chunked = (x: Tensor, shape: Shape): Tensor => bind(view(pad(x, shape, true), shape));
    const whole = [hidden_states, A, B, C];
    hidden_states = chunked(hidden_states, inChunks(h, p));
    A = chunked(A, inChunks(h));
    B = chunked(B, inChunks(h, n));
    C = chunked(C, inChunks(h, n));
    for (const x of whole) unname(x);

    const A_cumsum = bind(cumsum(A));
    const L = bind(exp(segmentSum(A, inChunks(h, size), shapeOf(size, size))));
    const G = bind(einsumResult(bmm(ofRows(C), ofRows(B), inChunks(h, size))));
    const M = bind(mul(G, L));
    const Y_diag = bind(einsumResult(bmm(operand(M), ofChunks(hidden_states), inChunks(h, p))));

    const last = slice(A_cumsum, shapeOf("b", "c", h));
    const decay_states = bind(exp(subtract(last, A_cumsum)));
    const B_decay = bind(mul(B, decay_states));
    const products = bmm(ofChunks(hidden_states), ofRows(B_decay), shapeOf("b", "c", h, p, n));
    let states = bind(view(products, products.shape));

    const zeros = { name: "zeros_like", shape: shapeOf("b", 1, h, p, n), dtype: states.dtype } as const;
    const previous_states = bind(withoutGraph(zeros, states));
    states = rebind(states, catAll([previous_states, states], shapeOf("b", "c+1", h, p, n)));
    const ends = pad(slice(A_cumsum, shapeOf("b", "c", h)), shapeOf("b", "c+1", h));
    const decay_chunk = bind(exp(segmentSum(ends, shapeOf("b", "(c+1)^2", h), shapeOf(1))));
    const new_states = bind(einsumResult(bmm(operand(decay_chunk), copiedOperand(states), states.shape)));
    states = rebind(states, slice(new_states, shapeOf("b", "c", h, p, n)));

    const state_decay_out = bind(exp(A_cumsum));
    const C_times_states = bind(einsumResult(bmm(ofRows(C), ofChunks(states), inChunks(h, p))));
    const Y_off = bind(mul(C_times_states, state_decay_out));
    const output = bind(contiguous(add(Y_diag, Y_off)));
    const whole_output = add(output, D_residual);
    return output.tape.policies.paddedChunk ? slice(whole_output, shapeOf("b", "s", h, p)) : whole_output;
  });

/** `...RMSNormGated` of Mamba 2: gated first, each group normed by itself, in fp32. */
const gatedNorm = (layer: Loaded, name: string, { x, gate }: Readonly<{ x: Tensor; gate: Tensor }>): Tensor =>
  call(
    name,
    (input, gates) => {
      const { mamba_n_groups: groups = 1 } = layer.architecture;
      let hidden_states = bind(mul(input, silu(to(gates, "fp32"))));
      const [, , width = 1] = input.shape.dims;
      let group = bind(view(hidden_states, shapeOf("b", "s", groups, Number(width) / groups)));
      const variance = bind(mean(square(group)));
      group = rebind(group, mul(group, rsqrt(addNumber(variance))));
      hidden_states = rebind(hidden_states, view(group, input.shape));
      return mul(tensorOf(layer, `${name}.weight`), hidden_states);
    },
    x,
    gate,
  );

/**
 * `...MambaLayer.forward`, `...Mamba2Mixer.forward` without the packages mamba_ssm and causal_conv1d. `size`: positions of a chunk.
 *
 * @see transformers 5.24, modeling_granitemoehybrid.py, modeling_nemotron_h.py
 */
export const mamba2 =
  (path: string, size: number) =>
  (layer: Loaded, x: Tensor): Tensor =>
    call(
      path,
      (input) => {
        const {
          mamba_n_heads: h = 0,
          mamba_d_head: p = 0,
          mamba_d_state: n = 0,
          mamba_n_groups: g = 1,
        } = layer.architecture;
        const [inner, convolved] = [h * p, h * p + 2 * g * n];
        const unpadded = bind(maskPadding(layer, input));
        const projected_states = bind(linear(layer, `${path}.in_proj`, unpadded));
        const A = bind(negate(exp(to(tensorOf(layer, `${path}.A_log`), "fp32"))));
        const of = (width: number): Shape => shapeOf("b", "s", width);
        const parts = bindAll(split(projected_states, [of(inner), of(convolved), of(h)]));
        const [gate, , dt] = parts as readonly [Tensor, Tensor, Tensor];
        let hidden_states_B_C = transpose(parts[1] as Tensor, shapeOf("b", convolved, "s"));
        hidden_states_B_C = bind(causalConv1d(layer, `${path}.conv1d`, { x: hidden_states_B_C, activation: silu }));
        hidden_states_B_C = rebind(hidden_states_B_C, maskPadding(layer, transpose(hidden_states_B_C, of(convolved))));
        const [hidden_states, B, C] = bindAll(split(hidden_states_B_C, [of(inner), of(g * n), of(g * n)])) as readonly [
          Tensor,
          Tensor,
          Tensor,
        ];
        unname(unpadded);
        const [ofHeads, ofGroups] = [shapeOf("b", "s", h, p), shapeOf("b", "s", g, n)];
        const scanned = {
          hidden_states: view(hidden_states, ofHeads),
          dt,
          A,
          B: view(B, ofGroups),
          C: view(C, ofGroups),
          size,
        };
        const scan = bind(chunkScan(layer, path, scanned));
        const scan_output = bind(gatedNorm(layer, `${path}.norm`, { x: view(scan, of(inner)), gate }));
        return linear(layer, `${path}.out_proj`, to(scan_output, input.dtype));
      },
      x,
    );
