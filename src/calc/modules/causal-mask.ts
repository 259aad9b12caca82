import type { StepOptions } from "#calc/model/options/step-options.ts";
import { compute } from "#calc/tape/ops/compute.ts";
import { shapeOf } from "#calc/tape/ledger/shape.ts";
import type { Tensor } from "#calc/tape/tape.ts";

/**
 * `create_causal_mask`: the mask that eager attention adds to its scores, [b, 1, s, s] in the dtype of the embeddings. Kernels need none.
 */
export const causalMask = (options: StepOptions, inputs_embeds: Tensor): readonly Tensor[] =>
  options.attn_implementation === "eager"
    ? [compute({ name: "causal_mask", shape: shapeOf("b", 1, "s", "s"), dtype: inputs_embeds.dtype }, inputs_embeds)]
    : [];
