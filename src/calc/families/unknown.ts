// Guess at a model type without code here: a Llama with the norms, MLP and experts that its config suggests.

import { gatedMlp, plainMlp } from "#calc/modules/mlp.ts";
import { bareLayerNorm, layerNorm, rmsNorm } from "#calc/modules/norms.ts";
import { applyRotary } from "#calc/modules/rotary.ts";
import { decoderModel, preNormLayer } from "#calc/families/parts/decoder.ts";
import type { Forward } from "#calc/modules/forward.ts";
import type { ModuleOf } from "#calc/families/parts/attention.ts";
import { qwenBlock, expertWidth, fusedExperts, router } from "#calc/families/parts/experts.ts";
import type { Layout, Family, None } from "./family.ts";
import type { Architecture } from "#calc/model/architecture.ts";
import type { Module } from "#calc/model/layout.ts";
import { EXACT, NO_REFUSED, TRANSFORMERS_ONLY } from "#calc/families/parts/facts.ts";
import { llamaLayer, llamaMlp } from "./llama.ts";
import {
  causalLmLayout,
  gatedMlpTensors,
  layerKinds,
  layersOfKinds,
  LLAMA_TARGETS,
} from "#calc/families/parts/tensors.ts";

const plain = plainMlp("up_proj", "down_proj");

/** The norm, by its parameters: LayerNorm with a bias, RMSNorm with a weight, else one without parameters. */
const norm: ModuleOf = (loaded, name, x) => {
  if (loaded.tensors.has(`${name}.bias`)) return layerNorm(loaded, name, x);
  return (loaded.tensors.has(`${name}.weight`) ? rmsNorm : bareLayerNorm)(loaded, name, x);
};

/** The MLP, by its modules: with a router a mixture of experts, with `gate_proj` a gated MLP, else a plain one. */
const mlp: ModuleOf = (loaded, name, x) => {
  if (loaded.tensors.has(`${name}.gate.weight`)) return qwenBlock(loaded, name, x);
  return (loaded.linears.has(`${name}.gate_proj`) ? gatedMlp : plain)(loaded, name, x);
};

/** A guess at a model whose code is unknown: as Llama, with the norms, MLP and experts that its config suggests. */
const unknownForward: Forward = {
  ...decoderModel({ norm }),
  layer: preNormLayer({ norm, mlp, rotary: applyRotary }),
};

const sparseMlp = (a: Architecture): readonly Module[] => {
  const shared = a.shared_expert_intermediate_size ?? (a.n_shared_experts ?? 0) * expertWidth(a);
  return [
    router(a, "mlp.gate"),
    fusedExperts(a, "mlp.experts"),
    ...(shared > 0 ? gatedMlpTensors("mlp.shared_expert", [a.hidden_size, shared], a.mlp_bias) : []),
  ];
};

/**
 * A guess at a model whose code is unknown: the Llama shape from the fields that its config has, gated where `mlp_type` is absent, with fused experts where it
 * has `num_experts`, in every layer but the first `first_k_dense_replace`.
 */
const layout: Layout = (a) => {
  const firstSparse = a.num_experts ? (a.first_k_dense_replace ?? 0) : a.num_hidden_layers;
  const kinds = layerKinds(a, (index) => (index < firstSparse ? "dense" : "sparse"));
  return causalLmLayout(a, {
    layers: layersOfKinds(kinds, (kind) => llamaLayer(a, kind === "dense" ? llamaMlp(a) : sparseMlp(a))),
  });
};

const NOBODY_KNOWS: None = { none: "Nobody knows its code here, and so what divides it." };

/** The family that runs a model whose code is unknown. */
export const unknown: Family = {
  model_types: {
    /** The `model_type` of this family itself. */
    unknown: {
      name: "Unknown",
      forward: unknownForward,
      tensorParallel: NOBODY_KNOWS,
      contextParallel: true,
      ulysses: NOBODY_KNOWS,
      pipeline: true,
      ...TRANSFORMERS_ONLY,
      config: { none: "A config.json of unknown code is read with an issue for each assumption." },
      heldAgainst: { none: "It is an assumption about code that nobody has seen." },
      approximation: EXACT,
    },
  },
  layout,
  targets: LLAMA_TARGETS,
  refused: NO_REFUSED,
};
