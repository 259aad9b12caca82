import type { Attended } from "#calc/modules/heads.ts";
import { attention } from "#calc/modules/attention.ts";
import { headsFirst, splitHeads } from "#calc/modules/heads.ts";
import { linear } from "#calc/modules/linear.ts";
import { fusedGatedMlp } from "#calc/modules/mlp.ts";
import { rmsNorm } from "#calc/modules/rms-norm.ts";
import { type ApplyRotary, applyRotaryPhi3 } from "#calc/modules/rotary.ts";
import { slice } from "#calc/tape/ops/view.ts";
import { bind, bindAll, call, unname } from "#calc/tape/scope.ts";
import { withLast } from "#calc/tape/shape.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import { decoderModel, partOfHead } from "./decoder-model.ts";
import type { Forward } from "./forward.ts";
import { preNormLayer } from "./pre-norm-layer.ts";
import type { Attend } from "./self-attention.ts";

/** Where the attention is, and its projections. */
type Names = Readonly<{ path: string; qkv: string; output: string }>;

/** `Phi3Attention.forward`: queries, keys and values are slices of one projection, which stays until the function returns. */
export const fusedAttention =
  ({ path, qkv: fused, output }: Names, rotary: ApplyRotary): Attend =>
  (layer, context, hidden_states) =>
    call(
      path,
      (x): Attended => {
        const { head_dim, num_attention_heads, num_key_value_heads } = layer.architecture;
        const qkv = bind(linear(layer, `${path}.${fused}`, x));
        const part = (heads: number): Tensor => bind(slice(qkv, withLast(qkv.shape, heads * head_dim)));
        const slices = [part(num_attention_heads), part(num_key_value_heads), part(num_key_value_heads)];
        const [q, k, value] = slices.map((states) => bind(headsFirst(splitHeads(states, head_dim)))) as [
          Tensor,
          Tensor,
          Tensor,
        ];
        for (const states of slices) unname(states);
        const [query, key] = bindAll(rotary(q, k, context));
        unname(q);
        unname(k);
        const [attn_output, attn_weights] = bindAll(attention(layer.options, { query, key, value }, context));
        return [linear(layer, `${path}.${output}`, attn_output), attn_weights];
      },
      hidden_states,
    );

const PHI3: Names = { path: "self_attn", qkv: "qkv_proj", output: "o_proj" };

/** Phi-3 and 4. @see transformers 5.24, modeling_phi3.py */
export const phi3: Forward = {
  ...decoderModel({ norm: rmsNorm, rotaryWidth: partOfHead(1) }),
  layer: preNormLayer({ norm: rmsNorm, mlp: fusedGatedMlp, attend: fusedAttention(PHI3, applyRotaryPhi3) }),
};
