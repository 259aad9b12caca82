import type { ModelType } from "#calc/families/model-type.ts";

/** Facts of a type of which only the code of transformers 5 is written down here. */
export const TRANSFORMERS_ALONE = {
  transformers4: {
    none: "Nobody wrote down its layer of version 4: that of version 5 is run, checkpointed as version 4 does.",
  },
  torchtune: { none: "Nobody wrote down what torchtune runs of it: the layer of transformers is run." },
  liger: { none: "Nobody wrote down which of its modules Liger has kernels for: those of transformers are run." },
  unsloth: { none: "Nobody wrote down what Unsloth runs of it: the layer of transformers is run." },
} as const satisfies Partial<ModelType>;
