import type { Architecture } from "#calc/model/architecture.ts";
import { activation } from "#calc/modules/mlp.ts";
import { linear } from "#calc/modules/linear.ts";
import type { Loaded } from "#calc/modules/loaded.ts";
import { add, mul } from "#calc/tape/ops/arithmetic.ts";
import { withoutGraph } from "#calc/tape/ops/operation.ts";
import { scale } from "#calc/tape/ops/unary.ts";
import { slice, view } from "#calc/tape/ops/views.ts";
import { bind, call, rebind, scoped } from "#calc/tape/scope.ts";
import { shapeOf } from "#calc/tape/ledger/shape.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import type { Model } from "#calc/modules/forward.ts";
import { scaledEmbedding } from "#calc/families/gemma.ts";
import type { ModuleOf } from "./attention.ts";

const widthOf = (a: Architecture): number => a.hidden_size_per_layer_input ?? 0;

/** Whether each layer has an input of its own beside the hidden states. */
export const hasInputs = (a: Architecture): boolean => widthOf(a) > 0;

/** `get_per_layer_inputs` and `project_per_layer_inputs`: the sum of a second embedding and a projection of the first, with a share for each layer. */
export const perLayerInputs = (
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
export const shareOf = (a: Architecture, per_layer_inputs: Tensor): Tensor =>
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
