// Gemma 4, text decoder: per-layer inputs, keys and values shared between layers, experts beside the MLP.

import type { Architecture, ConfigFacts } from "#calc/model/architecture.ts";
import { activation, gatedMlp } from "#calc/modules/mlp.ts";
import { linear } from "#calc/modules/linear.ts";
import type { Loaded, Shared } from "#calc/modules/loaded-modules.ts";
import { add, mul, scaleInPlace } from "#calc/tape/ops/arithmetic.ts";
import { withoutGraph } from "#calc/tape/operation.ts";
import { scale } from "#calc/tape/ops/unary.ts";
import { slice, view } from "#calc/tape/ops/views.ts";
import { bind, call, rebind, scoped, bindAll, unname } from "#calc/tape/scope.ts";
import { shapeOf } from "#calc/tape/ledger/shape.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import type { Model, Forward } from "#calc/modules/forward.ts";
import { scaledEmbedding, embedScale } from "./gemma.ts";
import { type ModuleOf, layerContext } from "./parts/attention.ts";
import type { Layout, Family, ModelType } from "./family.ts";
import type { Module } from "#calc/model/layout.ts";
import { withRerun, sameTensor } from "#calc/tape/checkpoint.ts";
import { drop } from "#calc/tape/tensor.ts";
import { attention } from "#calc/modules/attention.ts";
import { gemma4Norm } from "#calc/modules/norms.ts";
import { type Attended, headsFirst, splitHeads } from "#calc/modules/heads.ts";
import { type Rotary, rotate } from "#calc/modules/rotary.ts";
import { gatedByActivation, groupedExperts } from "#calc/modules/experts.ts";
import { gemma4Router } from "#calc/modules/router.ts";
import { frequencies } from "#calc/families/parts/decoder.ts";
import { gemma2Forward, GEMMA_NORMS } from "./gemma2.ts";
import { windowsWithTables } from "#calc/families/parts/windows.ts";
import {
  GEMMA3_FIELDS,
  INNER_TYPE,
  NOT_HELD_BY_ULYSSES,
  EXTRA_INPUTS,
  NO_REFUSED,
  EXACT,
  WHOLE_PLAN,
  TRANSFORMERS_ONLY,
} from "#calc/families/parts/facts.ts";
import { fusedExperts } from "#calc/families/parts/experts.ts";
import {
  causalLmLayout,
  embeddingTensors,
  gatedMlpTensors,
  layerKinds,
  layersOfKinds,
  linearTensors,
  rmsNormTensors,
  parameters,
  perLayerEmbeddings,
  perLayerInput,
  selfAttentionTensors,
  widths,
  LLAMA_TARGETS,
} from "#calc/families/parts/tensors.ts";

const widthOf = (a: Architecture): number => a.hidden_size_per_layer_input ?? 0;

/** Whether each layer has an input of its own beside the hidden states. */
const hasPerLayerInputs = (a: Architecture): boolean => widthOf(a) > 0;

/** `get_per_layer_inputs` and `project_per_layer_inputs`: the sum of a second embedding and a projection of the first, with a share for each layer. */
const perLayerInputs = (
  model: Model,
  norm: ModuleOf,
  [inputs_embeds, input_ids]: readonly [Tensor, Tensor],
): Tensor => {
  const { architecture: a } = model.options;
  const shape = shapeOf("b", "s", a.num_hidden_layers, widthOf(a));
  // Gemma 3n replaces ids beyond the table (`where`), which copies them.
  const copy = { name: "where", shape: input_ids.shape, dtype: "int64" } as const;
  const ids = a.altup_num_inputs === undefined ? input_ids : withoutGraph(copy, input_ids);
  const per_layer_inputs = bind(view(scaledEmbedding(model, ids, "embed_tokens_per_layer"), shape));
  const projected = scoped(model.tape, () => {
    const projection = bind(view(scale(linear(model.embeddings, "per_layer_model_projection", inputs_embeds)), shape));
    const normed = rebind(projection, norm(model.embeddings, "per_layer_projection_norm", projection));
    return scale(add(normed, per_layer_inputs));
  });
  return rebind(per_layer_inputs, projected);
};

/** A layer's share of the per-layer inputs. */
const inputOfLayer = (a: Architecture, per_layer_inputs: Tensor): Tensor =>
  slice(per_layer_inputs, shapeOf("b", "s", widthOf(a)));

/** The layer's own input, gated by the residual and projected. */
export const withLayerInput = (
  layer: Loaded,
  norm: ModuleOf,
  { residual, per_layer_input }: Readonly<{ residual: Tensor; per_layer_input: Tensor }>,
): Tensor => {
  let hidden_states = bind(linear(layer, "per_layer_input_gate", residual));
  hidden_states = rebind(hidden_states, call("act_fn", activation(layer.architecture.hidden_act), hidden_states));
  hidden_states = rebind(hidden_states, mul(hidden_states, per_layer_input));
  hidden_states = rebind(hidden_states, linear(layer, "per_layer_projection", hidden_states));
  hidden_states = rebind(hidden_states, norm(layer, "post_per_layer_input_norm", hidden_states));
  return hidden_states;
};

type LayerType = `${"sliding" | "full"}_attention`;
type Kind = `${LayerType}${"" | " shared_kv"}`;

/** Without a list, every sixth layer has full attention. The last one has it even against the list. @see configuration_gemma4.py, `__post_init__` */
const layerTypeAt = (a: Architecture, index: number): LayerType => {
  const isFull = (a.layer_types?.[index] ?? (index % 6 === 5 ? "full_attention" : "")) === "full_attention";
  return isFull || index === a.num_hidden_layers - 1 ? "full_attention" : "sliding_attention";
};

const KEY_VALUE = new Set(["self_attn.k_proj", "self_attn.v_proj", "self_attn.k_norm"]);

/** Full attention has wider heads, and fewer key heads where the keys are also the values. The last layers read an earlier layer's keys and values. */
const attentionTensors = (a: Architecture, kind: Kind): readonly Module[] => {
  const isFull = kind.startsWith("full");
  const keysAreValues = isFull && a.attention_k_eq_v;
  const full = {
    head_dim: a.global_head_dim ?? a.head_dim,
    ...(keysAreValues && { num_key_value_heads: a.num_global_key_value_heads ?? a.num_key_value_heads }),
  };
  return selfAttentionTensors(isFull ? { ...a, ...full } : a).filter(
    ({ name }) =>
      !(kind.endsWith("shared_kv") && KEY_VALUE.has(name)) && !(keysAreValues && name === "self_attn.v_proj"),
  );
};

/** Experts stand beside the dense MLP, with norms of their own. */
const experts = (a: Architecture): readonly Module[] => {
  const { hidden_size: hidden, num_experts: count = 0 } = a;
  if (count === 0) return [];
  return [
    parameters("router", { scale: [hidden], per_expert_scale: [count] }),
    linearTensors("router.proj", [hidden, count]),
    {
      ...fusedExperts(a, "experts"),
      undivided: "whose plan has its dense MLPs divided with the experts, beside which FSDP 2 refuses it",
    },
    rmsNormTensors("post_feedforward_layernorm_1", hidden),
    rmsNormTensors("post_feedforward_layernorm_2", hidden),
    rmsNormTensors("pre_feedforward_layernorm_2", hidden),
  ];
};

const layer = (a: Architecture, kind: Kind): readonly Module[] => {
  const { hidden, intermediate } = widths(a);
  const isWide = a.use_double_wide_mlp && kind.endsWith("shared_kv");
  return [
    ...attentionTensors(a, kind),
    ...gatedMlpTensors("mlp", [hidden, isWide ? 2 * intermediate : intermediate]),
    ...GEMMA_NORMS.map((name) => rmsNormTensors(name, hidden)),
    ...perLayerInput(a),
    ...experts(a),
  ];
};

/** Gemma 4, text decoder. `layer_scalar` is a buffer. @see transformers 5.24, modeling_gemma4.py, modeling_gemma4_unified.py */
const layout: Layout = (architecture) => {
  const a = { qk_norm: "head", ...architecture } as const;
  const firstShared = a.num_hidden_layers - (a.num_kv_shared_layers ?? 0);
  const kinds = layerKinds(a, (index): Kind => `${layerTypeAt(a, index)}${index < firstShared ? "" : " shared_kv"}`);
  return causalLmLayout(a, {
    embeddings: [embeddingTensors("embed_tokens", a.vocab_size, a.hidden_size), ...perLayerEmbeddings(a)],
    layers: layersOfKinds(kinds, (kind) => layer(a, kind)),
  });
};

/**
 * `shared_kv_states[name] = key, value`: the closures of all checkpointed layers hold this dictionary, that of the first layer longest. A
 * recomputation replaces keys and values with its own.
 * @internal
 */
export const shareKeysAndValues = ({ states, holder }: Shared, name: string, pair: readonly [Tensor, Tensor]): void => {
  const { tape } = pair[0];
  const kept = withRerun(tape.checkpoints, null, () => pair.map(sameTensor)) as [Tensor, Tensor];
  for (const old of states.get(name) ?? []) {
    holder.splice(holder.indexOf(old), 1);
    drop(old);
  }
  holder.push(...kept);
  states.set(name, kept);
};

const typeOf = (kind: string): string => kind.slice(kind.lastIndexOf(" ") + 1);

/** Width of a head: layers with full attention may have wider ones. */
const headWidth = (a: Architecture, kind: string): number =>
  typeOf(kind) === "full_attention" ? (a.global_head_dim ?? a.head_dim) : a.head_dim;

/** `Gemma4TextAttention.forward`: the last layers read the keys and values of the last earlier layer of their type that has its own. */
export const selfAttention = (layer: Loaded, context: readonly Tensor[], hidden_states: Tensor): Attended =>
  call(
    "self_attn",
    (x): Attended => {
      const { mask, ...tables } = layerContext(context);
      const width = headWidth(layer.architecture, layer.kind);
      const projected = (name: string): Tensor => bind(splitHeads(linear(layer, `self_attn.${name}`, x), width));
      const normed = (name: string, states: Tensor, rotary: Rotary | null): Tensor => {
        let held = rebind(states, gemma4Norm(layer, `self_attn.${name}`, states));
        if (rotary !== null)
          held = rebind(
            held,
            scoped(x.tape, () => rotate(held, rotary)),
          );
        return rebind(held, headsFirst(held));
      };
      const query = normed("q_norm", projected("q_proj"), tables);
      const shared = layer.shared?.states.get(typeOf(layer.kind));
      const ownStates = (): readonly [Tensor, Tensor] => {
        const k = projected("k_proj");
        const values = (): Tensor => (layer.linears.has("self_attn.v_proj") ? projected("v_proj") : bind(k));
        const early = layer.linears.has("laurel.linear_left") ? null : values();
        const key = normed("k_norm", k, tables);
        return [key, normed("v_norm", early ?? values(), null)];
      };
      const [key, value] = layer.kind.includes("shared_kv") && shared !== undefined ? shared : ownStates();
      if (layer.shared && layer.kind.includes("store"))
        shareKeysAndValues(layer.shared, typeOf(layer.kind), [key, value]);
      const [attn_output, attn_weights] = bindAll(attention(layer.options, { query, key, value }, { mask }));
      return [linear(layer, "self_attn.o_proj", attn_output), attn_weights];
    },
    hidden_states,
  );

/** Adds the experts' output to the dense MLP's. Router and experts take the residual, from before the MLP's norm. */
const withExperts = (layer: Loaded, residual: Tensor, hidden_states: Tensor): Tensor => {
  const hidden_states_1 = bind(gemma4Norm(layer, "post_feedforward_layernorm_1", hidden_states));
  const routing = gemma4Router(layer, "router", residual);
  let hidden_states_2 = bind(gemma4Norm(layer, "pre_feedforward_layernorm_2", residual));
  const experts = { path: "experts", gate: gatedByActivation };
  hidden_states_2 = rebind(hidden_states_2, groupedExperts(layer, experts, { x: hidden_states_2, routing }));
  hidden_states_2 = rebind(hidden_states_2, gemma4Norm(layer, "post_feedforward_layernorm_2", hidden_states_2));
  return rebind(hidden_states, add(hidden_states_1, hidden_states_2));
};

/** The first layer that reads the keys and values of others. */
export const firstSharingLayer = (a: Architecture): number => a.num_hidden_layers - (a.num_kv_shared_layers ?? 0);

/** The type of attention that a layer has. */
type TypeAt = (a: Architecture, index: number) => string;

const typesOf = (a: Architecture, typeAt: TypeAt): readonly string[] =>
  Array.from({ length: a.num_hidden_layers }, (_, index) => typeAt(a, index));

/**
 * Tells apart two layers of each type of attention: the last one, from which shared keys and values get their first gradient, and the one that stores its keys
 * and values for later layers.
 */
export const kindsOf =
  (typeAt: TypeAt) =>
  (a: Architecture, index: number): string => {
    const types = typesOf(a, typeAt);
    const type = types[index] ?? "";
    const stores = types.slice(0, firstSharingLayer(a)).lastIndexOf(type) === index;
    return `${types.lastIndexOf(type) === index} ${stores ? "store" : ""} ${type}`;
  };

const ownTables = windowsWithTables(kindsOf(layerTypeAt), { width: headWidth });

/** Gemma 4. @see transformers 5.24, modeling_gemma4.py */
export const gemma4Forward: Forward = {
  ...gemma2Forward,
  ...ownTables,
  layoutKind: (a, index) => `${layerTypeAt(a, index)}${index < firstSharingLayer(a) ? "" : " shared_kv"}`,
  buffers: (options) => [
    ...[...new Set(typesOf(options.architecture, layerTypeAt))].flatMap((type) =>
      frequencies(headWidth(options.architecture, type)),
    ),
    embedScale(options),
    ...(hasPerLayerInputs(options.architecture) ? [embedScale(options)] : []),
  ],
  layerBuffers: (options) => [embedScale(options)],
  context: (model, ...tensors) => {
    const embeds = [tensors[0], tensors[2]] as const;
    const inputs = hasPerLayerInputs(model.options.architecture) ? [perLayerInputs(model, gemma4Norm, embeds)] : [];
    return [...inputs, ...ownTables.context(model, ...tensors)];
  },
  choose: (layer, context) => {
    const a = layer.architecture;
    if (!hasPerLayerInputs(a)) return ownTables.choose?.(layer, context) ?? [];
    const [inputs, ...own] = context as [Tensor, ...Tensor[]];
    return [inputOfLayer(a, inputs), ...(ownTables.choose?.(layer, own) ?? [])];
  },
  layer: (layer, context, residual) => {
    const a = layer.architecture;
    const own = hasPerLayerInputs(a) ? context.slice(1) : context;
    let hidden_states = bind(gemma4Norm(layer, "input_layernorm", residual));
    const [attn_output] = bindAll(selfAttention(layer, own, hidden_states));
    unname(hidden_states);
    hidden_states = rebind(attn_output, gemma4Norm(layer, "post_attention_layernorm", attn_output));
    const middle = rebind(hidden_states, add(residual, hidden_states));
    hidden_states = bind(gemma4Norm(layer, "pre_feedforward_layernorm", middle));
    hidden_states = rebind(hidden_states, gatedMlp(layer, "mlp", hidden_states));
    if (a.num_experts) hidden_states = withExperts(layer, middle, hidden_states);
    hidden_states = rebind(hidden_states, gemma4Norm(layer, "post_feedforward_layernorm", hidden_states));
    hidden_states = rebind(hidden_states, add(middle, hidden_states));
    if (hasPerLayerInputs(a))
      hidden_states = rebind(
        hidden_states,
        add(
          hidden_states,
          withLayerInput(layer, gemma4Norm, { residual: hidden_states, per_layer_input: context[0] as Tensor }),
        ),
      );
    return scaleInPlace(hidden_states, layer.buffers[0]);
  },
  finalNorm: (model, hidden_states) => gemma4Norm(model.final, "norm", hidden_states),
};

/**
 * Heads of full attention are 512 wide unless a file says otherwise, and are saved with the layers that have it.
 *
 * @see transformers 5.24, configuration_gemma4.py, `__post_init__`
 */
const CONFIG: ConfigFacts = {
  fields: GEMMA3_FIELDS,
  tied: true,
  kindsCount: true,
  ofSomeLayers: { global_head_dim: "head_dim", num_global_key_value_heads: "num_key_value_heads" },
  rule: (written) => (written("global_head_dim") === undefined ? { global_head_dim: 512 } : {}),
};

/** Facts that these types share. */
const SHARED = {
  forward: gemma4Forward,
  contextParallel: true,
  ulysses: NOT_HELD_BY_ULYSSES,
  pipeline: EXTRA_INPUTS,
  ...TRANSFORMERS_ONLY,
  config: CONFIG,
  approximation: EXACT,
} as const satisfies Partial<ModelType>;

/** Gemma 4. */
export const gemma4: Family = {
  model_types: {
    gemma4: {
      name: "Gemma 4",
      ...SHARED,
      tensorParallel: WHOLE_PLAN,
      heldAgainst: { runs: ["step", "tensor parallel"] },
    },
    gemma4_text: {
      name: "Gemma 4 text",
      ...SHARED,
      tensorParallel: INNER_TYPE,
      heldAgainst: { as: "gemma4" },
    },
    gemma4_unified: {
      name: "Gemma 4 unified",
      ...SHARED,
      tensorParallel: WHOLE_PLAN,
      heldAgainst: { runs: ["step"] },
    },
    gemma4_unified_text: {
      name: "Gemma 4 unified text",
      ...SHARED,
      tensorParallel: INNER_TYPE,
      heldAgainst: { as: "gemma4_unified" },
    },
  },
  layout,
  targets: LLAMA_TARGETS,
  refused: NO_REFUSED,
};
