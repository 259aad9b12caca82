// Nemotron-H: one norm and one mixer a layer, which is Mamba 2, attention, MLP or experts.

import { causalMask } from "#calc/modules/attention.ts";
import { ungated, groupedExperts } from "#calc/modules/experts.ts";
import { applyLinear } from "#calc/modules/linear.ts";
import { tensorOf } from "#calc/modules/loaded-modules.ts";
import { mamba2 } from "#calc/modules/mamba2.ts";
import { plainMlp } from "#calc/modules/mlp.ts";
import { nemotronHNorm } from "#calc/modules/norms.ts";
import { nemotronRouter } from "#calc/modules/router.ts";
import { add } from "#calc/tape/ops/arithmetic.ts";
import { to } from "#calc/tape/ops/views.ts";
import { bind, bindAll, call, rebind, unname } from "#calc/tape/scope.ts";
import { embedTokens } from "#calc/families/parts/decoder.ts";
import type { Forward } from "#calc/modules/forward.ts";
import { unrotatedContext, type ModuleOf, type Attend, selfAttention } from "#calc/families/parts/attention.ts";
import type { Layout, Family } from "./family.ts";
import type { Architecture } from "#calc/model/architecture.ts";
import type { ExpertsModule, Module } from "#calc/model/layout.ts";
import {
  STATE_OF_TOKENS,
  NO_RING,
  EXPERTS_ONLY,
  TRANSFORMERS_ONLY,
  WITHOUT_KERNELS,
} from "#calc/families/parts/facts.ts";
import {
  causalLmLayout,
  embeddingTensors,
  layersOfKinds,
  linears,
  mamba2Tensors,
  rmsNormTensors,
  selfAttentionTensors,
  widths,
  targets,
} from "#calc/families/parts/tensors.ts";
import { expertWidth, router } from "#calc/families/parts/experts.ts";

const mlp = plainMlp("up_proj", "down_proj");

/** `NemotronHMoE.forward` */
const moe: ModuleOf = (layer, name, x) =>
  call(
    name,
    (residuals) => {
      const routing = nemotronRouter(layer, `${name}.gate`, residuals);
      const experts = { path: `${name}.experts`, up: "up_proj", gate: ungated };
      const hidden_states = bind(groupedExperts(layer, experts, { x: residuals, routing }));
      return add(hidden_states, mlp(layer, `${name}.shared_experts`, residuals));
    },
    x,
  );

const CHUNK = 128;
const mamba = mamba2("mixer", CHUNK);
const attend = selfAttention({ path: "mixer", norm: nemotronHNorm, rotary: (q, k) => [q, k] });

const isAttention = (kind: string): boolean => kind.startsWith("attention");

/** The mixer of a layer, which its kind names. */
const mixer: Attend = (layer, context, x) => {
  if (isAttention(layer.kind)) return attend(layer, context, x);
  if (layer.kind.startsWith("mamba")) return [mamba(layer, x), null];
  return [(layer.kind.startsWith("moe") ? moe : mlp)(layer, "mixer", x), null];
};

/** Nemotron-H: a layer is one norm and one mixer, be it Mamba 2, attention, MLP or experts. @see transformers 5.24, modeling_nemotron_h.py */
const nemotronHForward: Forward = {
  chunkSize: CHUNK,
  buffers: () => [],
  layerBuffers: ({ architecture }, kind) =>
    kind.startsWith("moe") ? [{ elements: architecture.num_experts ?? 0, dtype: "fp32" }] : [],
  embed: (model, input_ids) => embedTokens(model, input_ids, "embeddings"),
  context: (model, inputs_embeds) => causalMask(model.options, inputs_embeds),
  choose: ({ kind }, context) => (isAttention(kind) ? context : []),
  layer: (layer, context, residual) => {
    const { dtype } = tensorOf(layer, "norm.weight");
    let hidden_states = bind(nemotronHNorm(layer, "norm", to(residual, dtype)));
    const [output] = bindAll(mixer(layer, unrotatedContext(context), hidden_states));
    unname(hidden_states);
    hidden_states = output;
    return rebind(hidden_states, add(residual, hidden_states));
  },
  finalNorm: (model, hidden_states) => nemotronHNorm(model.final, "norm_f", hidden_states),
  logits: (model, hidden_states) => to(applyLinear(model.head, hidden_states), "fp32"),
};

/** The letters of `hybrid_override_pattern`, one a layer. */
const KINDS: Readonly<Record<string, string>> = { M: "mamba", "-": "mlp", "*": "attention", E: "moe" };

/** `NemotronHMLP`: squared ReLU without a gate. */
const plainMlpTensors = (path: string, [hidden, width]: readonly [number, number]): readonly Module[] =>
  linears(path, { up_proj: [hidden, width], down_proj: [width, hidden] });

const experts = (a: Architecture): ExpertsModule => {
  const [count, hidden, width] = [a.num_experts ?? 0, a.hidden_size, expertWidth(a)];
  return {
    kind: "experts",
    name: "mixer.experts",
    num_experts: count,
    tensors: [
      { name: "up_proj", shape: [count, width, hidden] },
      { name: "down_proj", shape: [count, hidden, width] },
    ],
    adapted: [],
  };
};

const mixerTensors = (a: Architecture, kind: string): readonly Module[] => {
  const { hidden, intermediate } = widths(a);
  if (kind === "mamba") return mamba2Tensors(a, "mixer");
  if (kind === "attention") return selfAttentionTensors(a, { path: "mixer" });
  if (kind === "mlp") return plainMlpTensors("mixer", [hidden, intermediate]);
  const shared = a.shared_expert_intermediate_size ?? 0;
  return [experts(a), router(a, "mixer.gate", true), ...plainMlpTensors("mixer.shared_experts", [hidden, shared])];
};

/**
 * Nemotron-H: every layer is one norm and one mixer, be it Mamba 2, attention, MLP or experts. PEFT refuses `out_proj` of Mamba in this
 * family (the fused kernel never calls that module), so `all-linear` is the list of the others. @see transformers 5.24,
 * modeling_nemotron_h.py; peft/tuners/tuners_utils.py, `_check_lora_target_modules_mamba`
 */
const layout: Layout = (a) => {
  const { hybrid_override_pattern: pattern, layer_types = [] } = a;
  const all = pattern ? pattern.split("").map((letter) => KINDS[letter] ?? letter) : layer_types;
  const kinds = all.slice(0, a.num_hidden_layers);
  return causalLmLayout(a, {
    embeddings: [embeddingTensors("embeddings", a.vocab_size, a.hidden_size)],
    layers: layersOfKinds(kinds, (kind) => [rmsNormTensors("norm", a.hidden_size), ...mixerTensors(a, kind)]),
    final: [rmsNormTensors("norm_f", a.hidden_size)],
  });
};

/** Kinds as transformers 5 saves them, older names of two of them, and the letters of the pattern. @see transformers 5.24, configuration_nemotron_h.py, `_list_to_pattern` */
const LETTERS = { linear_attention: "M", mamba: "M", full_attention: "*", attention: "*", moe: "E", mlp: "-" } as const;

/** Nemotron-H. */
export const nemotronH: Family = {
  model_types: {
    nemotron_h: {
      name: "Nemotron h",
      forward: nemotronHForward,
      tensorParallel: { ...EXPERTS_ONLY, head: "whole" },
      contextParallel: NO_RING,
      ulysses: STATE_OF_TOKENS,
      pipeline: true,
      ...TRANSFORMERS_ONLY,
      config: {
        fields: { hidden_act: "relu2", mlp_type: "plain", norm_type: "rmsnorm", norms_per_layer: 1 },
        kindsCount: true,
        kindNames: LETTERS,
        rule: (_, { num_experts }) => (num_experts ? { router_correction_bias: true } : {}),
      },
      heldAgainst: { runs: ["step", "tensor parallel", "expert parallel"] },
      approximation: WITHOUT_KERNELS,
    },
  },
  layout,
  targets: targets("o_proj", ["up_proj", "down_proj"]),
  refused: ["out_proj"],
};
