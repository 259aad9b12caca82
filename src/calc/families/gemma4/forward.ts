import type { Architecture } from "#calc/model/architecture.ts";
import { layerTypeAt } from "./tensors.ts";
import { gatedByActivation } from "#calc/modules/expert-gates.ts";
import { groupedExperts } from "#calc/modules/experts.ts";
import { gemma4Norm } from "#calc/modules/gemma4-norm.ts";
import type { Loaded } from "#calc/modules/loaded.ts";
import { gatedMlp } from "#calc/modules/mlp.ts";
import { gemma4Router } from "#calc/modules/router.ts";
import { add } from "#calc/tape/ops/binary.ts";
import { scaleInPlace } from "#calc/tape/ops/in-place.ts";
import { bind, bindAll, rebind, unname } from "#calc/tape/scope.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import { frequencies } from "#calc/families/parts/forward/decoder-model.ts";
import type { Forward } from "#calc/modules/forward.ts";
import { embedScale } from "#calc/families/gemma/forward.ts";
import { selfAttention, widthOf } from "./attention.ts";
import { gemma2 } from "#calc/families/gemma2/forward.ts";
import { hasInputs, perLayerInputs, shareOf, withLayerInput } from "#calc/families/parts/forward/per-layer-inputs.ts";
import { windowsWithTables } from "#calc/families/parts/forward/windows.ts";

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
export const firstShared = (a: Architecture): number => a.num_hidden_layers - (a.num_kv_shared_layers ?? 0);

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
    const stores = types.slice(0, firstShared(a)).lastIndexOf(type) === index;
    return `${types.lastIndexOf(type) === index} ${stores ? "store" : ""} ${type}`;
  };

const ownTables = windowsWithTables(kindsOf(layerTypeAt), { width: widthOf });

/** Gemma 4. @see transformers 5.24, modeling_gemma4.py */
export const gemma4: Forward = {
  ...gemma2,
  ...ownTables,
  layoutKind: (a, index) => `${layerTypeAt(a, index)}${index < firstShared(a) ? "" : " shared_kv"}`,
  buffers: (options) => [
    ...[...new Set(typesOf(options.architecture, layerTypeAt))].flatMap((type) =>
      frequencies(widthOf(options.architecture, type)),
    ),
    embedScale(options),
    ...(hasInputs(options.architecture) ? [embedScale(options)] : []),
  ],
  layerBuffers: (options) => [embedScale(options)],
  context: (model, ...tensors) => {
    const embeds = [tensors[0], tensors[2]] as const;
    const inputs = hasInputs(model.options.architecture) ? [perLayerInputs(model, gemma4Norm, embeds)] : [];
    return [...inputs, ...ownTables.context(model, ...tensors)];
  },
  choose: (layer, context) => {
    const a = layer.architecture;
    if (!hasInputs(a)) return ownTables.choose?.(layer, context) ?? [];
    const [inputs, ...own] = context as [Tensor, ...Tensor[]];
    return [shareOf(a, inputs), ...(ownTables.choose?.(layer, own) ?? [])];
  },
  layer: (layer, context, residual) => {
    const a = layer.architecture;
    const own = hasInputs(a) ? context.slice(1) : context;
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
    if (hasInputs(a))
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
