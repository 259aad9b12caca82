import { gatedMlp } from "#calc/modules/mlp.ts";
import { rmsNorm } from "#calc/modules/rms-norm.ts";
import { applyRotary } from "#calc/modules/rotary.ts";
import { topKRouter } from "#calc/modules/router.ts";
import { add, mul } from "#calc/tape/ops/binary.ts";
import { compute } from "#calc/tape/ops/compute.ts";
import { copySlice } from "#calc/tape/ops/copy-slice.ts";
import { gather } from "#calc/tape/ops/gather.ts";
import { sumTo } from "#calc/tape/ops/sum.ts";
import { repeat, view } from "#calc/tape/ops/view.ts";
import { bind, call, rebind } from "#calc/tape/scope.ts";
import { shapeOf } from "#calc/tape/ledger/shape.ts";
import type { Forward } from "#calc/modules/forward.ts";
import { denseOrSparse } from "#calc/families/glm4-moe/forward.ts";
import { llama } from "#calc/families/llama/forward.ts";
import type { ModuleOf } from "#calc/families/parts/forward/module-of.ts";
import { preNormLayer } from "#calc/families/parts/forward/pre-norm-layer.ts";

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
      let y = bind(compute({ name: "empty_like", shape: hidden_states.shape, dtype: x.dtype }, hidden_states));
      for (let expert = 0; expert < num_experts; expert++) {
        const own = gather(hidden_states, compute(isOwn, weights), shapeOf("b", "s", k / num_experts, h));
        const out = bind(gatedMlp(layer, `${name}.experts.${expert}`, own));
        y = rebind(y, copySlice(y, out, compute(isOwn, weights)));
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
export const deepseekMoe: Forward = {
  ...llama,
  layer: preNormLayer({ norm: rmsNorm, mlp: denseOrSparse(sparseBlock), rotary: applyRotary }),
};
