import { cutIntoHeads } from "#calc/modules/in-heads.ts";
import { linear } from "#calc/modules/linear.ts";
import { fusedGatedMlp } from "#calc/modules/mlp.ts";
import { rmsNorm } from "#calc/modules/rms-norm.ts";
import { type ApplyRotary, applyRotaryPhi3 } from "#calc/modules/rotary.ts";
import { slice } from "#calc/tape/ops/view.ts";
import { bind } from "#calc/tape/scope.ts";
import { withLast } from "#calc/tape/ledger/shape.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import { decoderModel, partOfHead } from "#calc/families/parts/forward/decoder-model.ts";
import type { Forward } from "#calc/modules/forward.ts";
import { preNormLayer } from "#calc/families/parts/forward/pre-norm-layer.ts";
import { projectedAttention } from "#calc/families/parts/forward/projected-attention.ts";
import type { Attend } from "#calc/families/parts/forward/self-attention.ts";

/** The path of the attention module, and the names of its projections. */
type Names = Readonly<{ path: string; qkv: string; output: string }>;

/** `Phi3Attention.forward`: queries, keys and values are slices of one projection, which stays until the function returns. */
export const fusedAttention = ({ path, qkv: fused, output }: Names, rotary: ApplyRotary): Attend =>
  projectedAttention({
    path,
    project: (layer, x) => {
      const { head_dim, num_attention_heads, num_key_value_heads } = layer.architecture;
      const qkv = bind(linear(layer, `${path}.${fused}`, x));
      const part = (heads: number): Tensor => bind(slice(qkv, withLast(qkv.shape, heads * head_dim)));
      return cutIntoHeads([num_attention_heads, num_key_value_heads, num_key_value_heads].map(part), head_dim);
    },
    rotary,
    output: (layer, attn_output) => linear(layer, `${path}.${output}`, attn_output),
  });

const PHI3: Names = { path: "self_attn", qkv: "qkv_proj", output: "o_proj" };

/** Phi-3 and 4. @see transformers 5.24, modeling_phi3.py */
export const phi3: Forward = {
  ...decoderModel({ norm: rmsNorm, rotaryWidth: partOfHead(1) }),
  layer: preNormLayer({ norm: rmsNorm, mlp: fusedGatedMlp, attend: fusedAttention(PHI3, applyRotaryPhi3) }),
};
