import type { StepOptions } from "#calc/model/options/step-options.ts";
import { compute } from "#calc/tape/ops/compute.ts";
import { shapeOf } from "#calc/tape/ledger/shape.ts";
import type { Tensor } from "#calc/tape/tape.ts";

/**
 * `create_causal_mask`, [b, 1, s, s]: what eager attention adds to its scores, in the dtype of the embeddings; bools for kernels, which need them for padded
 * rows alone.
 */
export const causalMask = ({ attn_implementation, padding }: StepOptions, inputs_embeds: Tensor): readonly Tensor[] => {
  const isEager = attn_implementation === "eager";
  if (!isEager && padding === undefined) return [];
  const dtype = isEager ? inputs_embeds.dtype : "bool";
  return [compute({ name: "causal_mask", shape: shapeOf("b", 1, "s", "s"), dtype }, inputs_embeds)];
};
