// StableLM: LayerNorm, rotation of a part of each head, norms for each head in the 12B.

import { gatedMlp } from "#calc/modules/mlp.ts";
import { layerNorm } from "#calc/modules/norms.ts";
import { applyRotaryInPlace } from "#calc/modules/rotary.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import { catAll, split } from "#calc/tape/ops/views.ts";
import { shapeOf } from "#calc/tape/ledger/shape.ts";
import { add } from "#calc/tape/ops/arithmetic.ts";
import { bind, bindAll, call } from "#calc/tape/scope.ts";
import { decoderModel, partOfHead } from "#calc/families/parts/decoder.ts";
import type { Forward } from "#calc/modules/forward.ts";
import { type ModuleOf, layerContext, selfAttention } from "#calc/families/parts/attention.ts";
import type { Layout, Family } from "./family.ts";
import type { Architecture } from "#calc/model/architecture.ts";
import type { Module } from "#calc/model/layout.ts";
import { LLAMA_FIELDS, NO_PLAN, NO_REFUSED, EXACT, TRANSFORMERS_ONLY } from "#calc/families/parts/facts.ts";
import {
  causalLmLayout,
  gatedMlpTensors,
  uniformLayers,
  layerNormTensors,
  rmsNormTensors,
  selfAttentionTensors,
  widths,
  LLAMA_TARGETS,
} from "#calc/families/parts/tensors.ts";

/** `StableLmLayerNormPerHead` (the 12B): a norm for each head, then the heads are concatenated. */
const normPerHead: ModuleOf = (layer, name, x) =>
  call(
    name,
    (states) => {
      const [rows = 1, heads = 1, s = 1, width = 1] = states.shape.dims;
      const one = shapeOf(rows, 1, s, width);
      const parts = bindAll(
        split(
          states,
          Array.from({ length: Number(heads) }, () => one),
        ),
      );
      const normed = parts.map((part, head) => layerNorm(layer, `${name}.norms.${head}`, part));
      return catAll(normed as [Tensor, ...Tensor[]], states.shape);
    },
    x,
  );

const attend = selfAttention({
  norm: normPerHead,
  norms: ["q_layernorm", "k_layernorm"],
  rotary: applyRotaryInPlace,
  normAt: "heads first",
});

/**
 * StableLM: LayerNorm, a quarter of each head rotated. The layer never reuses a name, so its tensors live until it returns.
 *
 * @see transformers 5.24, modeling_stablelm.py
 */
const stablelmForward: Forward = {
  ...decoderModel({ norm: layerNorm, rotaryWidth: partOfHead(0.25) }),
  layer: (layer, context, hidden_states) => {
    const normed = bind(layerNorm(layer, "input_layernorm", hidden_states));
    const [self_attn_output] = bindAll(attend(layer, layerContext(context), normed));
    const residual = bind(add(hidden_states, self_attn_output));
    const mlp_output = bind(gatedMlp(layer, "mlp", layerNorm(layer, "post_attention_layernorm", residual)));
    return add(residual, mlp_output);
  },
};

/** `StableLmLayerNormPerHead`: one LayerNorm without bias for every head. */
const normPerHeadTensors = (path: string, [heads, width]: readonly [number, number]): readonly Module[] =>
  Array.from({ length: heads }, (_, head) => rmsNormTensors(`${path}.norms.${head}`, width));

const layer = (a: Architecture): readonly Module[] => {
  const { hidden, intermediate } = widths(a);
  return [
    ...selfAttentionTensors({ ...a, qk_norm: false }),
    ...(a.qk_norm ? normPerHeadTensors("self_attn.q_layernorm", [a.num_attention_heads, a.head_dim]) : []),
    ...(a.qk_norm ? normPerHeadTensors("self_attn.k_layernorm", [a.num_key_value_heads, a.head_dim]) : []),
    ...gatedMlpTensors("mlp", [hidden, intermediate]),
    layerNormTensors("input_layernorm", hidden),
    layerNormTensors("post_attention_layernorm", hidden),
  ];
};

/**
 * StableLM: LayerNorm around Llama's modules. The second norm is counted also in the 12B, whose parallel residual (`use_parallel_residual`)
 * leaves it out: 409,600 parameters in 12.1 billion. @see transformers 5.24, modeling_stablelm.py
 */
const layout: Layout = (architecture) => {
  const a = { norm_type: "layernorm", ...architecture } as const;
  return causalLmLayout(a, { layers: uniformLayers(a, layer(a)) });
};

/** StableLM. */
export const stablelm: Family = {
  model_types: {
    stablelm: {
      name: "StableLM",
      forward: stablelmForward,
      tensorParallel: NO_PLAN,
      contextParallel: true,
      ulysses: true,
      pipeline: true,
      ...TRANSFORMERS_ONLY,
      config: {
        fields: { ...LLAMA_FIELDS, norm_type: "layernorm" },
        qkNorm: { flag: "qk_layernorm", norm: "ln_per_head_nobias" },
        rule: (written) => (written("use_parallel_residual") === true ? { norms_per_layer: 1 } : {}),
      },
      heldAgainst: { runs: ["step", "Ulysses"] },
      approximation: EXACT,
    },
  },
  layout,
  targets: LLAMA_TARGETS,
  refused: NO_REFUSED,
};
