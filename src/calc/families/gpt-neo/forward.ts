import type { Heads } from "#calc/tape/tape.ts";
import { attention } from "#calc/modules/attention.ts";
import { cachedHeads, maskBeside } from "#calc/modules/cached-heads.ts";
import { causalMask } from "#calc/modules/causal-mask.ts";
import type { Attended } from "#calc/modules/heads.ts";
import { sequenceFirst } from "#calc/modules/heads.ts";
import { inHeads } from "#calc/modules/in-heads.ts";
import { linear } from "#calc/modules/linear.ts";
import type { Loaded } from "#calc/modules/loaded.ts";
import { plainMlp } from "#calc/modules/plain-mlp.ts";
import { add } from "#calc/tape/ops/binary.ts";
import { compute } from "#calc/tape/ops/compute.ts";
import { matmul, transposeMatrices } from "#calc/tape/ops/matmul.ts";
import { softmax } from "#calc/tape/ops/softmax.ts";
import { to } from "#calc/tape/ops/to.ts";
import { reshape } from "#calc/tape/ops/view.ts";
import { where } from "#calc/tape/ops/where.ts";
import { bind, bindAll, call, rebind, scoped } from "#calc/tape/scope.ts";
import { shapeOf } from "#calc/tape/ledger/shape.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import type { Forward } from "#calc/modules/forward.ts";
import { gpt2, gpt2Layer, withPositions } from "#calc/families/gpt2/forward.ts";

/** `GPTNeoSelfAttention._attn`: fp32 scores, masked by the layer's own buffer and by the model's mask. */
const attn = (layer: Loaded, heads: Heads, mask: Tensor): Attended =>
  scoped(mask.tape, (): Attended => {
    const { query, key, value } = heads;
    const [q, k] = [bind(to(query, "fp32")), bind(to(key, "fp32"))];
    let attn_weights = bind(matmul(q, transposeMatrices(k)));
    const { dtype } = attn_weights;
    const mask_value = bind(compute({ name: "tensor", shape: shapeOf(1), dtype }, attn_weights));
    attn_weights = rebind(attn_weights, where(layer.buffers[0] as Tensor, attn_weights, mask_value));
    attn_weights = rebind(attn_weights, add(attn_weights, maskBeside(heads, mask)));
    attn_weights = rebind(attn_weights, softmax(attn_weights));
    attn_weights = rebind(attn_weights, to(attn_weights, value.dtype));
    return [matmul(attn_weights, value), attn_weights];
  });

/** `GPTNeoSelfAttention.forward` */
const selfAttention = (layer: Loaded, mask: Tensor | null, x: Tensor): Attended =>
  call(
    "attn.attention",
    (hidden_states): Attended => {
      const { head_dim, hidden_size } = layer.architecture;
      const [query, key, value] = ["q_proj", "k_proj", "v_proj"].map((name) =>
        bind(inHeads(linear(layer, `attn.attention.${name}`, hidden_states), head_dim)),
      ) as [Tensor, Tensor, Tensor];
      const heads = { query, key, value };
      let [attn_output, attn_weights] = bindAll(
        mask === null ? attention(layer.options, heads, { mask }) : attn(layer, cachedHeads(heads), mask),
      );
      if (mask !== null)
        attn_output = rebind(attn_output, reshape(sequenceFirst(attn_output), shapeOf("b", "s", hidden_size)));
      return [linear(layer, "attn.attention.out_proj", attn_output), attn_weights];
    },
    x,
  );

const mlp = plainMlp("c_fc", "c_proj");

/** GPT-Neo: only flash or eager attention; every layer has a causal mask as a buffer. @see transformers 5.24, modeling_gpt_neo.py */
export const gptNeo: Forward = {
  ...gpt2,
  keepsPositions: true,
  layerBuffers: ({ architecture: a }) => [{ elements: a.max_position_embeddings ** 2, dtype: "bool" }],
  enter: withPositions(0),
  context: ({ options }, inputs_embeds) =>
    options.attn_implementation === "flash"
      ? []
      : causalMask({ ...options, attn_implementation: "eager" }, inputs_embeds),
  layer: gpt2Layer(selfAttention, (layer, x) => mlp(layer, "mlp", x)),
};
