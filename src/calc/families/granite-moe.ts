// Granite 3 MoE, and Granite 4 with Mamba 2 or attention, and experts beside a dense MLP.

import { graniteForward } from "./granite.ts";
import { preNormLayer } from "#calc/families/parts/decoder.ts";
import { sparseBlock, fusedExperts, router } from "#calc/families/parts/experts.ts";
import type { Forward } from "#calc/modules/forward.ts";
import { rmsNorm } from "#calc/modules/norms.ts";
import { applyRotary } from "#calc/modules/rotary.ts";
import { topLogitsRouter } from "#calc/modules/router.ts";
import { scale } from "#calc/tape/ops/unary.ts";
import type { Architecture } from "#calc/model/architecture.ts";
import { causalMask } from "#calc/modules/attention.ts";
import { gatedByActivation, groupedExperts } from "#calc/modules/experts.ts";
import { mamba2 } from "#calc/modules/mamba2.ts";
import { fusedGatedMlpOf } from "#calc/modules/mlp.ts";
import { add } from "#calc/tape/ops/arithmetic.ts";
import { bind, call } from "#calc/tape/scope.ts";
import { unrotatedContext, type ModuleOf, type Attend, selfAttention } from "#calc/families/parts/attention.ts";
import type { Layout, Family } from "./family.ts";
import type { Module } from "#calc/model/layout.ts";
import {
  LLAMA_FIELDS,
  NO_POSITIONS,
  NO_RING,
  NO_REFUSED,
  EXACT,
  EXPERTS_ONLY,
  TRANSFORMERS_ONLY,
  WITHOUT_KERNELS,
} from "#calc/families/parts/facts.ts";
import {
  causalLmLayout,
  layerKinds,
  layersOfKinds,
  linears,
  mamba2Tensors,
  rmsNormTensors,
  selfAttentionTensors,
  widths,
  targets,
} from "#calc/families/parts/tensors.ts";

/** Granite 3 MoE: Granite with experts. @see transformers 5.24, modeling_granitemoe.py */
const graniteMoeForward: Forward = {
  ...graniteForward,
  layer: preNormLayer({
    norm: rmsNorm,
    mlp: sparseBlock(topLogitsRouter(true), "router", "block_sparse_moe"),
    rotary: applyRotary,
    branch: scale,
  }),
};

const route = topLogitsRouter(true);

/** `GraniteMoeHybridMoE.forward` */
const sparseMoe: ModuleOf = (layer, name, x) =>
  call(
    name,
    (input) => {
      const routing = route(layer, `${name}.router`, input);
      return groupedExperts(layer, { path: `${name}.experts`, gate: gatedByActivation }, { x: input, routing });
    },
    x,
  );

const sharedMlp = fusedGatedMlpOf("input_linear", "output_linear");

/** Experts, where there are any, beside a dense MLP. */
const mlp: ModuleOf = (layer, _, x) => {
  if (layer.architecture.num_experts === undefined) return sharedMlp(layer, "shared_mlp", x);
  const moe_hidden_states = bind(sparseMoe(layer, "block_sparse_moe", x));
  return add(moe_hidden_states, sharedMlp(layer, "shared_mlp", x));
};

const CHUNK = 256;
const mamba = mamba2("mamba", CHUNK);

/** Mamba 2 in a layer that has it, else attention. */
const mixer =
  (attend: Attend): Attend =>
  (layer, context, x) =>
    layer.linears.has("mamba.in_proj") ? [mamba(layer, x), null] : attend(layer, context, x);

/** Whether some layers are Mamba 2. Such a model has no positions. */
const hasMamba = (a: Architecture): boolean =>
  (a.layer_kinds ?? a.layer_types ?? []).some((kind) => kind.startsWith("mamba"));

const parts = { norm: rmsNorm, mlp, branch: scale };
const rotated = preNormLayer({ ...parts, attend: selfAttention({ norm: rmsNorm, rotary: applyRotary }) });
const unrotated = preNormLayer({
  ...parts,
  attend: mixer(selfAttention({ norm: rmsNorm, rotary: (q, k) => [q, k] })),
  contextOf: unrotatedContext,
});

/** Granite 4: Mamba 2 in most layers and no positions, or attention in all; experts beside a dense MLP. @see transformers 5.24, modeling_granitemoehybrid.py */
const granitemoehybrid: Forward = {
  ...graniteForward,
  chunkSize: CHUNK,
  buffers: (options) => (hasMamba(options.architecture) ? [] : graniteForward.buffers(options)),
  context: (model, inputs_embeds, ...rest) =>
    hasMamba(model.options.architecture)
      ? causalMask(model.options, inputs_embeds)
      : graniteForward.context(model, inputs_embeds, ...rest),
  keepsPositions: true,
  choose: (layer, context) => (layer.linears.has("mamba.in_proj") ? [] : context),
  layer: (layer, context, x) => (hasMamba(layer.architecture) ? unrotated : rotated)(layer, context, x),
};

type Kind = "attention" | "mamba";

/** Experts, where there are any; in the hybrid also a dense MLP with gate and up in one linear. */
const feedForward = (a: Architecture): readonly Module[] => {
  const { hidden, intermediate } = widths(a);
  const shared = a.shared_expert_intermediate_size ?? intermediate;
  return [
    ...(a.num_experts ? [router(a, "block_sparse_moe.router"), fusedExperts(a, "block_sparse_moe.experts")] : []),
    ...(a.model_type === "granitemoehybrid"
      ? linears("shared_mlp", { input_linear: [hidden, 2 * shared], output_linear: [shared, hidden] })
      : []),
  ];
};

const layer = (a: Architecture, kind: Kind): readonly Module[] => [
  rmsNormTensors("input_layernorm", a.hidden_size),
  rmsNormTensors("post_attention_layernorm", a.hidden_size),
  ...feedForward(a),
  ...(kind === "mamba" ? mamba2Tensors(a, "mamba") : selfAttentionTensors(a)),
];

/** Granite 3 MoE; Granite 4, with Mamba 2 in most layers or in none. @see transformers 5.24, modeling_granitemoe.py, modeling_granitemoehybrid.py */
const layout: Layout = (a) => {
  const mixers = a.layer_kinds ?? a.layer_types ?? [];
  const kinds = layerKinds(a, (index): Kind => (mixers[index]?.startsWith("mamba") ? "mamba" : "attention"));
  return causalLmLayout(a, { layers: layersOfKinds(kinds, (kind) => layer(a, kind)) });
};

/** Kinds as transformers 5 saves them, and as the checkpoints have them. @see transformers 5.24, configuration_utils.py, `_LEGACY_LAYER_TYPE_REMAP` */
const KIND_NAMES = { linear_attention: "mamba", full_attention: "attention" } as const;

/** Granite 3 MoE, and Granite 4. */
export const graniteMoe: Family = {
  model_types: {
    granitemoe: {
      name: "Granitemoe",
      forward: graniteMoeForward,
      tensorParallel: EXPERTS_ONLY,
      contextParallel: true,
      ulysses: true,
      pipeline: true,
      ...TRANSFORMERS_ONLY,
      config: { fields: LLAMA_FIELDS, expertsAreIntermediate: true },
      heldAgainst: { runs: ["step", "tensor parallel", "Ulysses", "expert parallel"] },
      approximation: EXACT,
    },
    granitemoehybrid: {
      name: "Granitemoehybrid",
      forward: granitemoehybrid,
      tensorParallel: EXPERTS_ONLY,
      contextParallel: NO_RING,
      ulysses: NO_POSITIONS,
      pipeline: true,
      ...TRANSFORMERS_ONLY,
      config: { fields: LLAMA_FIELDS, expertsAreIntermediate: true, kindsCount: true, kindNames: KIND_NAMES },
      heldAgainst: { runs: ["step", "tensor parallel", "expert parallel"] },
      approximation: WITHOUT_KERNELS,
    },
  },
  layout,
  targets: targets("o_proj", ["input_linear", "output_linear"]),
  refused: NO_REFUSED,
};
