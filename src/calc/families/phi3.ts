// Phi-3 and Phi-4: queries, keys and values in one linear, gate and up in another.

import { cutIntoHeads } from "#calc/modules/heads.ts";
import { linear } from "#calc/modules/linear.ts";
import { fusedGatedMlp } from "#calc/modules/mlp.ts";
import { rmsNorm } from "#calc/modules/norms.ts";
import { type ApplyRotary, applyRotaryPhi3 } from "#calc/modules/rotary.ts";
import { slice } from "#calc/tape/ops/views.ts";
import { bind } from "#calc/tape/scope.ts";
import { withLast } from "#calc/tape/ledger/shape.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import { decoderModel, partOfHead, preNormLayer } from "#calc/families/parts/decoder.ts";
import type { Forward } from "#calc/modules/forward.ts";
import { projectedAttention, type Attend } from "#calc/families/parts/attention.ts";
import type { Layout, Family } from "./family.ts";
import { LLAMA_FIELDS, NO_REFUSED, EXACT, TRANSFORMERS_ONLY } from "#calc/families/parts/facts.ts";
import {
  causalLmLayout,
  uniformLayers,
  linears,
  rmsNormTensors,
  widths,
  fusedTargets,
} from "#calc/families/parts/tensors.ts";

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
const phi3Forward: Forward = {
  ...decoderModel({ norm: rmsNorm, rotaryWidth: partOfHead(1) }),
  layer: preNormLayer({ norm: rmsNorm, mlp: fusedGatedMlp, attend: fusedAttention(PHI3, applyRotaryPhi3) }),
};

/** Phi-3 and Phi-4: q, k and v in one linear, gate and up in another. @see transformers 5.24, modeling_phi3.py */
const layout: Layout = (a) => {
  const { hidden, query, keyValue, intermediate } = widths(a);
  return causalLmLayout(a, {
    layers: uniformLayers(a, [
      ...linears("self_attn", { o_proj: [query, hidden], qkv_proj: [hidden, query + 2 * keyValue] }),
      ...linears("mlp", { gate_up_proj: [hidden, 2 * intermediate], down_proj: [intermediate, hidden] }),
      rmsNormTensors("input_layernorm", hidden),
      rmsNormTensors("post_attention_layernorm", hidden),
    ]),
  });
};

/** Phi-3 and 4. */
export const phi3: Family = {
  model_types: {
    phi3: {
      name: "Phi 3",
      forward: phi3Forward,
      tensorParallel: {
        cuts: [],
        gathers: ["self_attn.qkv_proj", "mlp.gate_up_proj"],
        splits: ["self_attn.o_proj", "mlp.down_proj"],
      },
      contextParallel: true,
      ulysses: true,
      pipeline: true,
      ...TRANSFORMERS_ONLY,
      config: { fields: LLAMA_FIELDS },
      heldAgainst: { runs: ["step", "tensor parallel", "Ulysses"] },
      approximation: EXACT,
    },
  },
  layout,
  targets: fusedTargets({ qkv: "qkv_proj", output: "o_proj" }, ["gate_up_proj", "down_proj"]),
  refused: NO_REFUSED,
};
