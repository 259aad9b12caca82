// Ministral 3: Llama's modules, with rotated queries multiplied by a number for each position.

import { llamaForward, llamaShape } from "./llama.ts";
import { preNormLayer } from "#calc/families/parts/decoder.ts";
import type { Forward } from "#calc/modules/forward.ts";
import { gatedMlp } from "#calc/modules/mlp.ts";
import { rmsNorm } from "#calc/modules/norms.ts";
import { applyRotary } from "#calc/modules/rotary.ts";
import { mul } from "#calc/tape/ops/arithmetic.ts";
import { withoutGraph } from "#calc/tape/operation.ts";
import { shapeOf } from "#calc/tape/ledger/shape.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import type { Layout, Family } from "./family.ts";
import { LLAMA_FIELDS, NO_REFUSED, EXACT, WHOLE_PLAN, TRANSFORMERS_ONLY } from "#calc/families/parts/facts.ts";
import { LLAMA_TARGETS } from "#calc/families/parts/tensors.ts";

/** `get_llama_4_attn_scale`: a number for each position. */
const positionScale = (queries: Tensor): Tensor => {
  const shape = shapeOf(1, 1, "s", 1);
  const scaling = withoutGraph({ name: "log", shape, dtype: "fp32" }, queries);
  return withoutGraph({ name: "to", shape, dtype: queries.dtype }, scaling);
};

/** Ministral 3: rotated queries are multiplied by a number for each position. @see transformers 5.24, modeling_ministral3.py */
const ministral3Forward: Forward = {
  ...llamaForward,
  layer: preNormLayer({
    norm: rmsNorm,
    mlp: gatedMlp,
    rotary: applyRotary,
    rotated: (_, of, states) => (of === "query" ? mul(states, positionScale(states)) : states),
  }),
};

/** Llama's modules. @see transformers 5.24, modeling_ministral3.py */
const layout: Layout = llamaShape();

/** Ministral 3. */
export const ministral3: Family = {
  model_types: {
    ministral3: {
      name: "Ministral 3",
      forward: ministral3Forward,
      tensorParallel: WHOLE_PLAN,
      contextParallel: true,
      ulysses: true,
      pipeline: true,
      ...TRANSFORMERS_ONLY,
      config: { fields: LLAMA_FIELDS },
      heldAgainst: { runs: ["step", "tensor parallel", "sequence parallel", "Ulysses"] },
      approximation: EXACT,
    },
  },
  layout,
  targets: LLAMA_TARGETS,
  refused: NO_REFUSED,
};
