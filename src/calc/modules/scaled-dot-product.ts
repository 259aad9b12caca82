import { add } from "#calc/tape/ops/binary.ts";
import { compute } from "#calc/tape/ops/compute.ts";
import { flashAttention } from "#calc/tape/ops/flash-attention.ts";
import { matmul, repeatHeads, repeatInterleave, transposeMatrices } from "#calc/tape/ops/matmul.ts";
import { softmax } from "#calc/tape/ops/softmax.ts";
import { to } from "#calc/tape/ops/to.ts";
import { scale } from "#calc/tape/ops/unary.ts";
import { bind, rebind, scoped } from "#calc/tape/scope.ts";
import { shapeOf } from "#calc/tape/shape.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import type { Heads } from "./heads.ts";
import { groupsOf } from "./heads.ts";

/**
 * The math kernel: scores in full. Without a kernel for grouped heads in fp32, `scaled_dot_product_attention` falls back to it.
 *
 * @see aten/src/ATen/native/transformers/attention.cpp, `_scaled_dot_product_attention_math`
 */
const mathAttention = (heads: Heads): Tensor => {
  const { query, key, value } = heads;
  const groups = groupsOf(heads);
  const q = bind(scale(query));
  const square = shapeOf("s", "s");
  const triangle = compute(
    { name: "tril", shape: square, dtype: "bool" },
    compute({ name: "ones", shape: square, dtype: "bool" }, q),
  );
  const mask = bind(compute({ name: "where", shape: square, dtype: q.dtype }, triangle));
  const expandedKey = bind(repeatInterleave(key, groups));
  const expandedValue = bind(repeatInterleave(value, groups));
  let attn = bind(matmul(q, scale(transposeMatrices(expandedKey))));
  attn = rebind(attn, add(attn, mask));
  attn = rebind(attn, softmax(attn));
  return matmul(attn, expandedValue);
};

/** Widest head of the flash kernel. */
const FLASH_HEAD_DIM = 256;

/** `F.scaled_dot_product_attention` behind transformers' own door, which repeats grouped heads where the kernel cannot take them. */
export const scaledDotProduct = (heads: Heads): Tensor =>
  scoped(heads.query.tape, () => {
    const { query } = heads;
    const { autocast } = query.tape;
    const width = Number(query.shape.dims[3]);
    const fits = width <= FLASH_HEAD_DIM && heads.key.shape.dims[3] === heads.value.shape.dims[3];
    const groups = fits ? 1 : groupsOf(heads);
    const [key, value] = [bind(repeatHeads(heads.key, groups)), bind(repeatHeads(heads.value, groups))];
    const cast = (x: Tensor): Tensor => bind(to(x, autocast ?? query.dtype));
    const kernel = { query: cast(query), key: cast(key), value: cast(value) };
    if (kernel.query.dtype === "fp32" && groupsOf(kernel) > 1) return mathAttention(kernel);
    return flashAttention(kernel.query, kernel.key, kernel.value);
  });
