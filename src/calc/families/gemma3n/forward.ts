import { gaussianMlp } from "#calc/modules/gaussian-mlp.ts";
import { correct, laurel, predict, scaleOutput, streamOf } from "#calc/modules/altup.ts";
import { gemma4Norm } from "#calc/modules/gemma4-norm.ts";
import { linear } from "#calc/modules/linear.ts";
import type { Loaded } from "#calc/modules/loaded.ts";
import { add, mul } from "#calc/tape/ops/binary.ts";
import { divide } from "#calc/tape/ops/quotient.ts";
import { catAll } from "#calc/tape/ops/cat.ts";
import { addToPart } from "#calc/tape/ops/copy-slices.ts";
import { mean } from "#calc/tape/ops/reduce.ts";
import { sumTo } from "#calc/tape/ops/sum.ts";
import { to } from "#calc/tape/ops/to.ts";
import { clone, scale, square } from "#calc/tape/ops/unary.ts";
import { sqrt } from "#calc/tape/ops/rare-unary.ts";
import { clampBelow } from "#calc/tape/ops/clamp.ts";
import { bind, bindAll, rebind } from "#calc/tape/scope.ts";
import { shapeOf } from "#calc/tape/ledger/shape.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import { frequencies } from "#calc/families/parts/forward/decoder-model.ts";
import type { Forward } from "#calc/modules/forward.ts";
import { embedScale } from "#calc/families/gemma/forward.ts";
import { windowed } from "#calc/families/gemma2/forward.ts";
import { firstShared, gemma4, kindsOf } from "#calc/families/gemma4/forward.ts";
import { selfAttention } from "#calc/families/gemma4/attention.ts";
import { withLayerInput } from "#calc/families/parts/forward/per-layer-inputs.ts";
import { altupInputs } from "./tensors.ts";

/** Projects the streams beside the first and scales each to the first's magnitude. The caller's names are bound to the results. */
const streams = (
  loaded: Loaded,
  name: string,
  { first, others }: Readonly<{ first: Tensor; others: readonly Tensor[] }>,
): readonly Tensor[] => {
  const target_magnitude = bind(square(mean(square(first))));
  return others.map((other, index) => {
    const projected = bind(to(linear(loaded, `${name}.${index}`, other), first.dtype));
    const new_magnitude = bind(sqrt(clampBelow(mean(square(projected)))));
    return bind(divide(mul(projected, target_magnitude), new_magnitude));
  });
};

/** A tensor for each stream beside the first. */
const othersOf = ({ architecture }: Loaded, tensor: () => Tensor): readonly Tensor[] =>
  Array.from({ length: altupInputs(architecture) - 1 }, tensor);

const SPARSE = 10;

const stack = (all: readonly Tensor[]): Tensor =>
  catAll(all as [Tensor, ...Tensor[]], shapeOf(all.length, ...(all[0] as Tensor).shape.dims));

/** Gemma 3n: several residual streams; each layer computes one and predicts the others. @see transformers 5.24, modeling_gemma3n.py */
export const gemma3n: Forward = {
  ...gemma4,
  layoutKind: (a, index) => (index < firstShared(a) ? "own_kv" : "shared_kv"),
  attentionKind: (a, index) =>
    `${a.num_hidden_layers > SPARSE && index < SPARSE ? "sparse" : ""} ${kindsOf(windowed(5))(a, index)}`,
  buffers: (options) => [
    ...["sliding", "full"].flatMap(() => frequencies(options.architecture.head_dim)),
    ...Array.from({ length: 4 }, () => embedScale(options)),
  ],
  enter: (model, first) => {
    const others = othersOf(model.embeddings, () => first);
    return stack([first, ...streams(model.embeddings, "altup_projections", { first, others })]);
  },
  layer: (layer, [per_layer_input, ...context], hidden_states) => {
    const norm = (name: string, x: Tensor): Tensor => bind(gemma4Norm(layer, name, x));
    const predictions = bind(predict(layer, hidden_states));
    const active_prediction = bind(streamOf(predictions));
    const normed = norm("input_layernorm", active_prediction);
    const laurel_output = bind(laurel(layer, normed));
    const [attn_output] = bindAll(selfAttention(layer, context, normed));
    const attn = rebind(attn_output, gemma4Norm(layer, "post_attention_layernorm", attn_output));
    const attn_gated = bind(add(active_prediction, attn));
    const attn_laurel = bind(scale(add(attn_gated, laurel_output)));
    const attn_ffw = bind(gaussianMlp(layer, norm("pre_feedforward_layernorm", attn_laurel)));
    const attn_ffw_laurel_gated = bind(add(attn_laurel, norm("post_feedforward_layernorm", attn_ffw)));
    const corrected_predictions = bind(correct(layer, predictions, attn_ffw_laurel_gated));
    let first_prediction = bind(clone(streamOf(corrected_predictions)));
    first_prediction = rebind(first_prediction, scaleOutput(layer, first_prediction));
    first_prediction = rebind(
      first_prediction,
      withLayerInput(layer, gemma4Norm, { residual: first_prediction, per_layer_input: per_layer_input as Tensor }),
    );
    const [, ...stream] = corrected_predictions.shape.dims;
    return addToPart(corrected_predictions, first_prediction, shapeOf(altupInputs(layer.architecture) - 1, ...stream));
  },
  finalNorm: (model, hidden_states) => {
    const first = bind(streamOf(hidden_states));
    const others = othersOf(model.final, () => streamOf(hidden_states));
    const all = bind(stack([first, ...streams(model.final, "altup_unembed_projections", { first, others })]));
    return gemma4Norm(model.final, "norm", bind(sumTo(all, first.shape)));
  },
};
