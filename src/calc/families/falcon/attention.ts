import type { Heads } from "#calc/tape/tape.ts";
import type { Attended } from "#calc/modules/heads.ts";
import { cachedHeads, maskBeside } from "#calc/modules/cached-heads.ts";
import { headsFirst, sequenceFirst, splitHeads } from "#calc/modules/heads.ts";
import { applyLinear } from "#calc/modules/linear.ts";
import type { Loaded } from "#calc/modules/loaded.ts";
import { linearOf } from "#calc/modules/loaded.ts";
import { applyRotary } from "#calc/modules/rotary.ts";
import { scaledDotProduct } from "#calc/modules/scaled-dot-product.ts";
import { bestKernelOf } from "#calc/model/sdpa-kernel.ts";
import { maskedDotProduct } from "#calc/modules/masked-dot-product.ts";
import type { Element } from "#calc/base/element.ts";
import { add } from "#calc/tape/ops/binary.ts";
import { compute } from "#calc/tape/ops/compute.ts";
import { gather } from "#calc/tape/ops/gather.ts";
import { matmul, transposeMatrices } from "#calc/tape/ops/matmul.ts";
import { softmax } from "#calc/tape/ops/softmax.ts";
import { to } from "#calc/tape/ops/to.ts";
import { clone } from "#calc/tape/ops/unary.ts";
import { scaleInPlace } from "#calc/tape/ops/in-place.ts";
import { expand, reshape, slice, view } from "#calc/tape/ops/view.ts";
import { bind, bindAll, call, rebind, scoped, unname } from "#calc/tape/scope.ts";
import { shapeOf } from "#calc/tape/ledger/shape.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import { layerContext } from "#calc/families/parts/forward/layer-context.ts";

/** `FalconLinear`: `input @ self.weight.T`. The weight is a view, and autocast keeps casts of leaves only. */
export const falconLinear = (layer: Loaded, name: string, x: Tensor): Tensor => {
  const module = linearOf(layer, name);
  const { weight } = module;
  return applyLinear(weight.node === null ? module : { ...module, weight: view(weight, weight.shape) }, x);
};

/** Whether keys and values are repeated for every head (40B, 180B); the 7B has one head of them. */
export const isNew = ({ architecture }: Loaded): boolean => architecture.norms_per_layer === 2;

/** `FalconAttention._split_heads`: a list as an index copies keys and values out of the projection. */
const splitFused = (layer: Loaded, fused_qkv: Tensor): readonly Tensor[] =>
  scoped(fused_qkv.tape, () => {
    const { head_dim, num_attention_heads, num_key_value_heads } = layer.architecture;
    const qkv = bind(splitHeads(fused_qkv, head_dim));
    const every = shapeOf("b", "s", num_attention_heads, head_dim);
    const indexed = (): Tensor => {
      const index = compute({ name: "index", shape: shapeOf(1), dtype: "int64" }, qkv);
      return bind(gather(qkv, index, shapeOf("b", "s", num_key_value_heads, head_dim)));
    };
    const query = bind(slice(qkv, every));
    const [key, value] = [indexed(), indexed()];
    if (!isNew(layer)) return [query, key, value];
    return [query, expand(key, every), expand(value, every)].map((states) => bind(clone(states)));
  });

/** Scores in the type of the queries, softmax in that of the hidden states. */
const eager = ({ query, key, value }: Heads, mask: Tensor, dtype: Element): Attended => {
  let attention_scores = bind(scaleInPlace(matmul(query, transposeMatrices(key))));
  attention_scores = rebind(
    attention_scores,
    call("softmax", (input) => softmax(to(input, dtype)), add(attention_scores, mask)),
  );
  return [matmul(attention_scores, value), attention_scores];
};

/** `FalconAttention.forward` */
export const selfAttention = (layer: Loaded, context: readonly Tensor[], x: Tensor): Attended =>
  call(
    "self_attention",
    (hidden_states): Attended => {
      const { cos, sin, mask } = layerContext(context);
      const fused_qkv = bind(falconLinear(layer, "self_attention.query_key_value", hidden_states));
      const [q, k, value] = bindAll(splitFused(layer, fused_qkv).map(headsFirst)) as [Tensor, Tensor, Tensor];
      const [query, key] = bindAll(applyRotary(q, k, { cos, sin }));
      unname(q);
      unname(k);
      const heads = cachedHeads({ query, key, value });
      const output = (): Attended => {
        if (mask === null) return [scaledDotProduct(heads, bestKernelOf(layer.options)), null];
        if (mask.dtype === "bool") return [maskedDotProduct(heads, mask, layer.options), null];
        return eager(heads, maskBeside(heads, mask), hidden_states.dtype);
      };
      const [attn_output, attention_scores] = bindAll(output());
      const merged = rebind(attn_output, reshape(sequenceFirst(attn_output), x.shape));
      return [falconLinear(layer, "self_attention.dense", merged), attention_scores];
    },
    x,
  );
