import type { StepOptions } from "#calc/model/options/step-options.ts";
import { compute } from "#calc/tape/ops/compute.ts";
import { shapeOf } from "#calc/tape/ledger/shape.ts";
import type { Tensor } from "#calc/tape/tape.ts";

/** Whether every layer has a mask: eager attention adds one to its scores, and kernels need one for padded rows. */
export const masksAll = ({ attn_implementation, padding }: StepOptions): boolean =>
  attn_implementation === "eager" || padding !== undefined;

/**
 * `create_causal_mask`, [b, 1, s, s]: what eager attention adds to its scores, in the dtype of the embeddings; bools for kernels, which need them for padded
 * rows alone.
 */
export const causalMask = (options: StepOptions, inputs_embeds: Tensor): readonly Tensor[] => {
  if (!masksAll(options)) return [];
  const dtype = options.attn_implementation === "eager" ? inputs_embeds.dtype : "bool";
  return [compute({ name: "causal_mask", shape: shapeOf("b", 1, "s", "s"), dtype }, inputs_embeds)];
};

/**
 * `create_sliding_window_causal_mask`: as the other, and where no row is padded bools [1, 1, s, s] for all rows, once these are as long as the window. A token
 * behind a cache has a row of it, which is left out.
 *
 * @see transformers 5.24, masking_utils.py, `sdpa_mask`
 */
export const windowMask = (options: StepOptions, inputs_embeds: Tensor): readonly Tensor[] => {
  if (masksAll(options)) return causalMask(options, inputs_embeds);
  if (options.windowMask === undefined || inputs_embeds.tape.hooks.cache?.of === "token") return [];
  return [compute({ name: "sliding_causal_mask", shape: shapeOf(1, 1, "s", "s"), dtype: "bool" }, inputs_embeds)];
};
