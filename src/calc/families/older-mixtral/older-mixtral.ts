import type { Family } from "#calc/families/family.ts";
import { llama as forward } from "#calc/families/llama/forward.ts";
import type { ModelType } from "#calc/families/model-type.ts";
import { forKernels } from "#calc/families/modellings/older-layer.ts";
import { olderExperts } from "#calc/modules/older-experts.ts";
import type { None } from "#calc/families/none.ts";
import { NO_REFUSED } from "#calc/families/parts/facts/reasons.ts";
import { targets } from "#calc/families/parts/tensors/targets.ts";
import { layout } from "./tensors.ts";

const OF_VERSION_5: None = { none: "What divides a model is that of transformers 5, whose experts are fused." };
const OF_VERSION_4: None = { none: "This type is a version 4's own: no other library runs it." };

/** `forward` is Llama's; the modelling code of version 4 replaces its layer (`transformers4`). */
const MODEL_TYPE: ModelType = {
  name: "Mixtral",
  forward,
  tensorParallel: OF_VERSION_5,
  contextParallel: true,
  ulysses: OF_VERSION_5,
  pipeline: true,
  transformers4: { llamaLike: { repeats: forKernels, mlp: olderExperts } },
  torchtune: OF_VERSION_4,
  unsloth: OF_VERSION_4,
  liger: OF_VERSION_4,
  config: { none: "Checkpoints have the type mixtral, which has these facts." },
  heldAgainst: {
    none: "Its router sends tokens to experts as it was trained to, which no run on fake tensors repeats.",
  },
  approximation:
    "Experts run one after the other, each on its own tokens: as many are counted for each, which no run is sure to have.",
};

/** Mixtral up to version 4 of transformers. */
export const olderMixtral: Family = {
  model_types: Object.fromEntries(
    ["transformers-4.48", "transformers-4.45", "foak-4.48", "foak-4.45"].map((id) => [`${id}/mixtral`, MODEL_TYPE]),
  ),
  layout,
  targets: targets("o_proj", ["w1", "w2", "w3"]),
  refused: NO_REFUSED,
};
