// DeepSeekMoE, the first generation, from its remote code.

import { gatedMlp } from "#calc/modules/mlp.ts";
import { rmsNorm } from "#calc/modules/norms.ts";
import { applyRotary } from "#calc/modules/rotary.ts";
import { topKRouter } from "#calc/modules/router.ts";
import { add, mul } from "#calc/tape/ops/arithmetic.ts";
import { withoutGraph } from "#calc/tape/operation.ts";
import { copySlice, gather } from "#calc/tape/ops/indexing.ts";
import { sumTo } from "#calc/tape/ops/reductions.ts";
import { repeat, view } from "#calc/tape/ops/views.ts";
import { bind, call, rebind } from "#calc/tape/scope.ts";
import { shapeOf } from "#calc/tape/ledger/shape.ts";
import type { Forward } from "#calc/modules/forward.ts";
import { denseOrSparse, expertWidth, router } from "./parts/experts.ts";
import { llamaForward } from "./llama.ts";
import type { ModuleOf } from "#calc/families/parts/attention.ts";
import { preNormLayer } from "#calc/families/parts/decoder.ts";
import type { Layout, Family } from "./family.ts";
import type { Architecture } from "#calc/model/architecture.ts";
import type { Module } from "#calc/model/layout.ts";
import { LLAMA_FIELDS, NO_REFUSED, remoteCode } from "#calc/families/parts/facts.ts";
import {
  causalLmLayout,
  gatedMlpTensors,
  layerKinds,
  layersOfKinds,
  rmsNormTensors,
  selfAttentionTensors,
  widths,
  LLAMA_TARGETS,
} from "#calc/families/parts/tensors.ts";

const route = topKRouter({ normalized: false, castBack: true });

/** `DeepseekMoE.forward` in training: every token is repeated k times, and each expert runs on its own rows; all experts have equally many here. */
const sparseBlock: ModuleOf = (layer, name, x) =>
  call(
    name,
    (identity) => {
      const { num_experts = 1, num_experts_per_tok: k = 1, hidden_size: h } = layer.architecture;
      const { weights } = route(layer, `${name}.gate`, identity);
      const hidden_states = bind(repeat(identity, shapeOf("b", "s", k, h)));
      const isOwn = { name: "eq", shape: weights.shape, dtype: "bool" } as const;
      let y = bind(withoutGraph({ name: "empty_like", shape: hidden_states.shape, dtype: x.dtype }, hidden_states));
      for (let expert = 0; expert < num_experts; expert++) {
        const own = gather(hidden_states, withoutGraph(isOwn, weights), shapeOf("b", "s", k / num_experts, h));
        const out = bind(gatedMlp(layer, `${name}.experts.${expert}`, own));
        y = rebind(y, copySlice(y, out, withoutGraph(isOwn, weights)));
      }
      y = rebind(y, sumTo(mul(y, view(weights, shapeOf("b", "s", k, 1))), identity.shape));
      return add(y, gatedMlp(layer, `${name}.shared_experts`, identity));
    },
    x,
  );

/**
 * DeepSeekMoE, the first generation. Written after the text of the remote code, and held against no reference.
 *
 * @see modeling_deepseek.py, remote code of deepseek-ai/deepseek-moe-16b-base
 */
const deepseekMoeForward: Forward = {
  ...llamaForward,
  layer: preNormLayer({ norm: rmsNorm, mlp: denseOrSparse(sparseBlock), rotary: applyRotary }),
};

/** Every expert is a `DeepseekMLP` of its own: its matrices are linears, quantised and adapted as such. */
const sparseMlp = (a: Architecture): readonly Module[] => {
  const [hidden, width] = [a.hidden_size, expertWidth(a)];
  const experts = Array.from({ length: a.num_experts ?? 0 }, (_, expert) =>
    gatedMlpTensors(`mlp.experts.${expert}`, [hidden, width]),
  );
  return [
    ...experts.flat(),
    router(a, "mlp.gate"),
    ...gatedMlpTensors("mlp.shared_experts", [hidden, (a.n_shared_experts ?? 0) * width]),
  ];
};

const layer = (a: Architecture, kind: "dense" | "sparse"): readonly Module[] => {
  const { hidden, intermediate } = widths(a);
  return [
    ...selfAttentionTensors(a),
    ...(kind === "sparse" ? sparseMlp(a) : gatedMlpTensors("mlp", [hidden, intermediate])),
    rmsNormTensors("input_layernorm", hidden),
    rmsNormTensors("post_attention_layernorm", hidden),
  ];
};

/** DeepSeekMoE 16B, the first generation. @see modeling_deepseek.py, remote code of deepseek-ai/deepseek-moe-16b-base (not in transformers) */
const layout: Layout = (a) => {
  const kinds = layerKinds(a, (index) => (index < (a.first_k_dense_replace ?? 0) ? "dense" : "sparse"));
  return causalLmLayout(a, { layers: layersOfKinds(kinds, (kind) => layer(a, kind)) });
};

/** DeepSeekMoE, the first generation. */
export const deepseekMoe: Family = {
  model_types: {
    deepseek: {
      name: "Deepseek",
      forward: deepseekMoeForward,
      ...remoteCode("deepseek"),
      config: { fields: LLAMA_FIELDS },
    },
  },
  layout,
  targets: LLAMA_TARGETS,
  refused: NO_REFUSED,
};
