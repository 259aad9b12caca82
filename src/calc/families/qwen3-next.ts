// Qwen3-Next and Qwen3.5, dense and with experts: gated delta nets, then gated attention in every fourth layer.

import { causalMask } from "#calc/modules/attention.ts";
import { DELTA_CHUNK, gatedDeltaNet, gatedDeltaNetNext } from "#calc/modules/gated-delta-net.ts";
import { gemmaNorm } from "#calc/modules/norms.ts";
import type { Loaded } from "#calc/modules/loaded-modules.ts";
import { gatedMlp } from "#calc/modules/mlp.ts";
import { applyRotaryNeoX, multimodalTables } from "#calc/modules/rotary.ts";
import { bind } from "#calc/tape/scope.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import { decoderModel, partOfHead, preNormLayer } from "#calc/families/parts/decoder.ts";
import type { Forward } from "#calc/modules/forward.ts";
import { type Attend, selfAttention } from "#calc/families/parts/attention.ts";
import { topKRouter } from "#calc/modules/router.ts";
import { sparseBlock } from "#calc/families/parts/experts.ts";
import type { Layout, Family, ModelType, TensorPlan } from "./family.ts";
import type { Architecture } from "#calc/model/architecture.ts";
import type { Module } from "#calc/model/layout.ts";
import {
  LLAMA_FIELDS,
  INNER_TYPE,
  STATE_OF_TOKENS,
  NO_RING,
  NO_REFUSED,
  WITH_SHARED_EXPERT,
  TRANSFORMERS_ONLY,
  WITHOUT_KERNELS,
} from "#calc/families/parts/facts.ts";
import {
  causalLmLayout,
  gatedMlpTensors,
  layerKinds,
  layersOfKinds,
  linears,
  rmsNormTensors,
  parameters,
  selfAttentionTensors,
  widths,
  LLAMA_TARGETS,
} from "#calc/families/parts/tensors.ts";
import { qwenSparseBlock } from "./qwen-moe.ts";

const isLinear = ({ linears }: Loaded): boolean => linears.has("linear_attn.out_proj");

const attend = selfAttention({ norm: gemmaNorm, rotary: applyRotaryNeoX, gated: true });

/** The gated delta net in a layer that has it, else gated attention. */
const mixer =
  (deltaNet: (layer: Loaded, x: Tensor) => Tensor): Attend =>
  (layer, context, x) =>
    isLinear(layer) ? [deltaNet(layer, x), null] : attend(layer, context, x);

const rotaryWidth = partOfHead(0.25);
const base = decoderModel({ norm: gemmaNorm, rotaryWidth });
const mlp = sparseBlock(topKRouter({ normalized: true, castBack: true }));

/** Qwen3-Next: three layers of gated delta net, then one of gated attention; experts in all. @see transformers 5.24, modeling_qwen3_next.py */
const qwen3_next: Forward = {
  ...base,
  balancesExperts: true,
  chunkSize: DELTA_CHUNK,
  choose: (layer, context) => (isLinear(layer) ? context.slice(0, 2) : context),
  layer: preNormLayer({ norm: gemmaNorm, mlp, attend: mixer(gatedDeltaNetNext) }),
};

/** Qwen 3.5 (text decoder), with experts: other projections, rotary tables for time, height and width. @see transformers 5.24, modeling_qwen3_5_moe.py */
const qwen3_5_moe: Forward = {
  ...qwen3_next,
  context: (model, inputs_embeds, position_ids) => {
    const mask = causalMask(model.options, inputs_embeds).map(bind);
    const width = rotaryWidth(model.options.architecture);
    return [...multimodalTables({ width, dtype: inputs_embeds.dtype }, position_ids), ...mask];
  },
  layer: preNormLayer({ norm: gemmaNorm, mlp, attend: mixer(gatedDeltaNet) }),
};

/** The same, dense. @see transformers 5.24, modeling_qwen3_5.py */
const qwen3_5: Forward = {
  ...qwen3_5_moe,
  layer: preNormLayer({ norm: gemmaNorm, mlp: gatedMlp, attend: mixer(gatedDeltaNet) }),
};

type Kind = "linear_attention" | "full_attention";

/** `...GatedDeltaNet`; Qwen3-Next projects q, k, v, z and b, a in two linears, Qwen3.5 in four. */
const gatedDeltaNetTensors = (a: Architecture): readonly Module[] => {
  const { hidden_size: hidden, linear_num_value_heads: heads = 0, linear_value_head_dim: width = 0 } = a;
  const key = (a.linear_num_key_heads ?? 0) * (a.linear_key_head_dim ?? 0);
  const value = heads * width;
  const convolved = 2 * key + value;
  return [
    parameters("linear_attn", { dt_bias: [heads], A_log: [heads] }),
    parameters("linear_attn.conv1d", { weight: [convolved, 1, a.linear_conv_kernel_dim ?? 4] }),
    ...linears(
      "linear_attn",
      a.model_type === "qwen3_next"
        ? { in_proj_qkvz: [hidden, convolved + value], in_proj_ba: [hidden, 2 * heads] }
        : {
            in_proj_qkv: [hidden, convolved],
            in_proj_z: [hidden, value],
            in_proj_b: [hidden, heads],
            in_proj_a: [hidden, heads],
          },
    ),
    rmsNormTensors("linear_attn.norm", width),
    ...linears("linear_attn", { out_proj: [value, hidden] }),
  ];
};

const layer = (a: Architecture, kind: Kind): readonly Module[] => {
  const { hidden, intermediate } = widths(a);
  return [
    ...(kind === "linear_attention"
      ? gatedDeltaNetTensors(a)
      : selfAttentionTensors(a, { gated: a.attn_output_gate !== false })),
    ...(a.num_experts ? qwenSparseBlock(a) : gatedMlpTensors("mlp", [hidden, intermediate])),
    rmsNormTensors("input_layernorm", hidden),
    rmsNormTensors("post_attention_layernorm", hidden),
  ];
};

/**
 * Qwen3-Next and Qwen3.5 (text decoder): three layers of gated delta net, then one of gated full attention. Multi-token-prediction
 * layers are not created. @see transformers 5.24, modeling_qwen3_next.py, modeling_qwen3_5.py, modeling_qwen3_5_moe.py
 */
const layout: Layout = (architecture) => {
  const a = { qk_norm: "head", ...architecture } as const;
  const mixers = a.layer_kinds ?? a.layer_types;
  const isFull = (index: number): boolean =>
    mixers
      ? ["attn", "full_attention"].includes(mixers[index] ?? "")
      : (index + 1) % (a.full_attention_interval ?? 4) === 0;
  const kinds = layerKinds(a, (index): Kind => (isFull(index) ? "full_attention" : "linear_attention"));
  return causalLmLayout(a, { layers: layersOfKinds(kinds, (kind) => layer(a, kind)) });
};

/** In layers with the delta rule, the output of every projection is gathered. */
const gatheredDeltaRule = (...projections: readonly string[]): TensorPlan => ({
  ...WITH_SHARED_EXPERT,
  gathers: [...projections, "out_proj"].map((name) => `linear_attn.${name}`),
});

/** Qwen3.5 has four projections. */
const IN_FOUR = gatheredDeltaRule("in_proj_qkv", "in_proj_z", "in_proj_b", "in_proj_a");

const FIELDS = { ...LLAMA_FIELDS, qk_norm: "head", full_attention_interval: 4, attn_output_gate: true } as const;

/** Facts that these types share. */
const SHARED = {
  contextParallel: NO_RING,
  ulysses: STATE_OF_TOKENS,
  pipeline: true,
  ...TRANSFORMERS_ONLY,
  approximation: WITHOUT_KERNELS,
} as const satisfies Partial<ModelType>;

/** Qwen3-Next and Qwen3.5. */
export const qwen3Next: Family = {
  model_types: {
    qwen3_next: {
      name: "Qwen 3 next",
      ...SHARED,
      forward: qwen3_next,
      tensorParallel: gatheredDeltaRule("in_proj_qkvz", "in_proj_ba"),
      config: { fields: { ...FIELDS, shared_expert_gate: true }, kindsCount: true },
      heldAgainst: { runs: ["step", "tensor parallel", "expert parallel"] },
    },
    qwen3_5: {
      name: "Qwen 3 5",
      ...SHARED,
      forward: qwen3_5,
      tensorParallel: IN_FOUR,
      config: { fields: FIELDS, kindsCount: true },
      heldAgainst: { runs: ["step", "tensor parallel"] },
    },
    qwen3_5_text: {
      name: "Qwen 3 5 text",
      ...SHARED,
      forward: qwen3_5,
      tensorParallel: INNER_TYPE,
      config: { fields: FIELDS, kindsCount: true },
      heldAgainst: { as: "qwen3_5" },
    },
    qwen3_5_moe: {
      name: "Qwen 3 5 MoE",
      ...SHARED,
      forward: qwen3_5_moe,
      tensorParallel: IN_FOUR,
      config: { fields: { ...FIELDS, shared_expert_gate: true }, kindsCount: true },
      heldAgainst: { runs: ["step", "tensor parallel", "expert parallel"] },
    },
    qwen3_5_moe_text: {
      name: "Qwen 3 5 MoE text",
      ...SHARED,
      forward: qwen3_5_moe,
      tensorParallel: INNER_TYPE,
      config: { fields: { ...FIELDS, shared_expert_gate: true }, kindsCount: true },
      heldAgainst: { as: "qwen3_5_moe" },
    },
  },
  layout,
  targets: LLAMA_TARGETS,
  refused: NO_REFUSED,
};
