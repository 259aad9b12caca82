import { llama } from "#calc/families/llama/forward.ts";
import { preNormLayer } from "#calc/families/parts/forward/pre-norm-layer.ts";
import type { Forward } from "#calc/modules/forward.ts";
import { gatedMlp } from "#calc/modules/mlp.ts";
import { rmsNorm } from "#calc/modules/rms-norm.ts";
import { applyRotary } from "#calc/modules/rotary.ts";
import { mul } from "#calc/tape/ops/binary.ts";
import { compute } from "#calc/tape/ops/compute.ts";
import { shapeOf } from "#calc/tape/ledger/shape.ts";
import type { Tensor } from "#calc/tape/tape.ts";

/** `get_llama_4_attn_scale`: a number for each position. */
const positionScale = (queries: Tensor): Tensor => {
  const shape = shapeOf(1, 1, "s", 1);
  const scaling = compute({ name: "log", shape, dtype: "fp32" }, queries);
  return compute({ name: "to", shape, dtype: queries.dtype }, scaling);
};

/** Ministral 3: rotated queries are multiplied by a number for each position. @see transformers 5.24, modeling_ministral3.py */
export const ministral3: Forward = {
  ...llama,
  layer: preNormLayer({
    norm: rmsNorm,
    mlp: gatedMlp,
    rotary: applyRotary,
    rotated: (_, of, states) => (of === "query" ? mul(states, positionScale(states)) : states),
  }),
};
