// Mixtral up to transformers 4: router and each expert's matrices are linears.

import type { Layout, Family, ModelType, None } from "./family.ts";
import type { Architecture } from "#calc/model/architecture.ts";
import type { Module } from "#calc/model/layout.ts";
import { llamaForward as forward } from "./llama.ts";
import { repeatsForKernels } from "./transformers4-layers.ts";
import { olderExperts } from "#calc/modules/experts.ts";
import { NO_REFUSED } from "#calc/families/parts/facts.ts";
import { expertWidth } from "#calc/families/parts/experts.ts";
import {
  causalLmLayout,
  uniformLayers,
  linears,
  rmsNormTensors,
  selfAttentionTensors,
  targets,
} from "#calc/families/parts/tensors.ts";

const expert = (a: Architecture, index: number): readonly Module[] => {
  const [hidden, width] = [a.hidden_size, expertWidth(a)];
  return linears(`block_sparse_moe.experts.${index}`, {
    w1: [hidden, width],
    w2: [width, hidden],
    w3: [hidden, width],
  });
};

const layer = (a: Architecture): readonly Module[] => [
  ...selfAttentionTensors(a),
  ...linears("block_sparse_moe", { gate: [a.hidden_size, a.num_experts ?? 0] }),
  ...Array.from({ length: a.num_experts ?? 0 }, (_, index) => expert(a, index)).flat(),
  rmsNormTensors("input_layernorm", a.hidden_size),
  rmsNormTensors("post_attention_layernorm", a.hidden_size),
];

/** Mixtral up to version 4: the router and each expert's matrices are linears, which are quantised and adapted as such. @see transformers 4.48, modeling_mixtral.py */
const layout: Layout = (a) => causalLmLayout(a, { layers: uniformLayers(a, layer(a)) });

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
  transformers4: { llamaLike: { repeats: repeatsForKernels, mlp: olderExperts } },
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
