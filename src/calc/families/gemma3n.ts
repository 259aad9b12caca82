// Gemma 3n, text decoder: AltUp's residual streams, LAuReL, sparse MLPs, per-layer inputs.

import { add, mul, subtract, divide, addInPlace } from "#calc/tape/ops/arithmetic.ts";
import { withoutGraph } from "#calc/tape/operation.ts";
import { mean, std, sumTo } from "#calc/tape/ops/reductions.ts";
import { relu, addNumber, clone, scale, tanh, clampBetween, square, sqrt, clampBelow } from "#calc/tape/ops/unary.ts";
import { bind, call, rebind, scoped, bindAll } from "#calc/tape/scope.ts";
import { shapeOf } from "#calc/tape/ledger/shape.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import { activation } from "#calc/modules/mlp.ts";
import { linear } from "#calc/modules/linear.ts";
import { type Loaded, linearOf, tensorOf } from "#calc/modules/loaded-modules.ts";
import { linear as matrix, matmul } from "#calc/tape/ops/products.ts";
import { to, slice, repeat, view, catAll } from "#calc/tape/ops/views.ts";
import { gemma4Norm } from "#calc/modules/norms.ts";
import type { Layout, Family } from "./family.ts";
import type { Architecture } from "#calc/model/architecture.ts";
import type { Module } from "#calc/model/layout.ts";
import { addToPart } from "#calc/tape/ops/indexing.ts";
import { frequencies } from "#calc/families/parts/decoder.ts";
import type { Forward } from "#calc/modules/forward.ts";
import { embedScale } from "./gemma.ts";
import { fullAttentionEvery, GEMMA_NORMS } from "./gemma2.ts";
import { firstSharingLayer, gemma4Forward, kindsOf, selfAttention, withLayerInput } from "./gemma4.ts";
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
import {
  causalLmLayout,
  embeddingTensors,
  gatedMlpTensors,
  layerKinds,
  layersOfKinds,
  linearTensors,
  linears,
  rmsNormTensors,
  parameters,
  perLayerEmbeddings,
  perLayerInput,
  selfAttentionTensors,
  widths,
  LLAMA_TARGETS,
} from "#calc/families/parts/tensors.ts";

/** `_gaussian_topk`: relu(inputs − (mean + std_multiplier * std)). */
const gaussianTopk = (inputs: Tensor): Tensor =>
  scoped(inputs.tape, () => {
    const number = (): Tensor => bind(withoutGraph({ name: "tensor", shape: shapeOf(1), dtype: inputs.dtype }, inputs));
    const [, , , std_multiplier] = [number(), number(), number(), number()] as [Tensor, Tensor, Tensor, Tensor];
    const inputs_mean = bind(mean(inputs));
    const inputs_std = bind(std(inputs));
    const cutoff_x = bind(add(inputs_mean, mul(inputs_std, std_multiplier)));
    return relu(subtract(inputs, cutoff_x));
  });

/** `Gemma3nTextMLP.forward`: in sparse layers, the first of the model, `_gaussian_topk` cuts most of the gate off. */
const gaussianMlp = (layer: Loaded, x: Tensor): Tensor =>
  call(
    "mlp",
    (hidden_states) => {
      let gate_proj = bind(linear(layer, "mlp.gate_proj", hidden_states));
      if (layer.kind.includes("sparse")) gate_proj = rebind(gate_proj, gaussianTopk(gate_proj));
      const activations = bind(call("act_fn", activation(layer.architecture.hidden_act), gate_proj));
      const up_proj = bind(linear(layer, "mlp.up_proj", hidden_states));
      return linear(layer, "mlp.down_proj", mul(activations, up_proj));
    },
    x,
  );

/** One of the streams: [streams, b, s, h] → [b, s, h]. */
const streamOf = (streams: Tensor): Tensor => slice(streams, shapeOf("b", "s", streams.shape.dims[3] ?? 1));

const modalitiesOf = (layer: Loaded, x: Tensor): Tensor =>
  scoped(x.tape, () => {
    const router_inputs = bind(scale(gemma4Norm(layer, "altup.router_norm", x)));
    const routed = bind(linear(layer, "altup.modality_router", router_inputs));
    return to(tanh(to(routed, "fp32")), x.dtype);
  });

/** `Gemma3nTextAltUp.predict` */
const predict = (layer: Loaded, hidden_states: Tensor): Tensor =>
  scoped(hidden_states.tape, () => {
    const [inputs = 1, , , width = 1] = hidden_states.shape.dims;
    const modalities = bind(modalitiesOf(layer, bind(streamOf(hidden_states))));
    const all_coefs = bind(
      view(linear(layer, "altup.prediction_coefs", modalities), shapeOf("b", "s", inputs, inputs)),
    );
    let predictions = bind(matmul(view(hidden_states, shapeOf("b", "s", width, inputs)), all_coefs));
    predictions = rebind(predictions, view(predictions, hidden_states.shape));
    predictions = rebind(predictions, addInPlace(predictions, hidden_states));
    return to(clone(predictions), hidden_states.dtype);
  });

/** `Gemma3nTextAltUp.correct`: multiplies with the clamped weight of `correction_coefs` itself, past any adapter around it. */
const correct = (layer: Loaded, predictions: Tensor, activated: Tensor): Tensor =>
  scoped(activated.tape, () => {
    const [inputs = 1] = predictions.shape.dims;
    const modalities = bind(modalitiesOf(layer, activated));
    let innovation = bind(subtract(activated, streamOf(predictions)));
    innovation = rebind(innovation, repeat(innovation, predictions.shape));
    const { weight, dequantized } = linearOf(layer, "altup.correction_coefs");
    // On a 4-bit base transformers 5.24 clamps packed numbers and fails. Counted as if it called the linear.
    const coefs =
      dequantized === null
        ? matrix(modalities, bind(clampBetween(weight)), null)
        : linear(layer, "altup.correction_coefs", modalities);
    const all_coefs = bind(view(addNumber(coefs), shapeOf(inputs, "b", "s", 1)));
    let corrected = bind(mul(innovation, all_coefs));
    corrected = rebind(corrected, addInPlace(corrected, predictions));
    return to(corrected, activated.dtype);
  });

/** `Gemma3nTextAltUp.scale_corrected_output` */
const scaleOutput = (layer: Loaded, x: Tensor): Tensor => mul(x, tensorOf(layer, "altup.correct_output_scale"));

/** `Gemma3nTextLaurelBlock` */
const laurel = (layer: Loaded, x: Tensor): Tensor =>
  call(
    "laurel",
    (hidden_states) => {
      let states = bind(linear(layer, "laurel.linear_left", hidden_states));
      states = rebind(states, linear(layer, "laurel.linear_right", states));
      const normed = bind(gemma4Norm(layer, "laurel.post_laurel_norm", states));
      return add(hidden_states, normed);
    },
    x,
  );

type Kind = "own_kv" | "shared_kv";

const KEY_VALUE = new Set(["self_attn.k_proj", "self_attn.v_proj", "self_attn.k_norm"]);

/** The last `num_kv_shared_layers` layers read an earlier layer's keys and values, and have no projections of their own for these. */
const attention = (a: Architecture, kind: Kind): readonly Module[] =>
  selfAttentionTensors(a).filter(({ name }) => kind === "own_kv" || !KEY_VALUE.has(name));

/** How many streams the residual is kept in: four, unless the config says another number. */
const altupInputs = ({ altup_num_inputs = 4 }: Architecture): number => altup_num_inputs;

/** `Gemma3nTextAltUp`: several copies of the residual stream, predicted and corrected around each layer. */
const altup = (a: Architecture): readonly Module[] => {
  const { hidden_size: hidden } = a;
  const inputs = altupInputs(a);
  return [
    parameters("altup", { correct_output_scale: [hidden] }),
    { ...linearTensors("altup.correction_coefs", [inputs, inputs]), weightAlone: true },
    ...linears("altup", {
      prediction_coefs: [inputs, inputs ** 2],
      modality_router: [hidden, inputs],
    }),
    rmsNormTensors("altup.router_norm", hidden),
  ];
};

/** `Gemma3nTextLaurelBlock`: a low-rank path beside attention. */
const laurelTensors = ({ hidden_size: hidden, laurel_rank: rank = 64 }: Architecture): readonly Module[] => [
  ...linears("laurel", { linear_left: [hidden, rank], linear_right: [rank, hidden] }),
  rmsNormTensors("laurel.post_laurel_norm", hidden),
];

const projections = (a: Architecture, name: string): readonly Module[] =>
  Array.from({ length: altupInputs(a) - 1 }, (_, index) =>
    linearTensors(`${name}.${index}`, [a.hidden_size, a.hidden_size]),
  );

const layer = (a: Architecture, kind: Kind): readonly Module[] => {
  const { hidden, intermediate } = widths(a);
  return [
    ...attention(a, kind),
    ...gatedMlpTensors("mlp", [hidden, intermediate]),
    ...GEMMA_NORMS.map((name) => rmsNormTensors(name, hidden)),
    ...altup(a),
    ...laurelTensors(a),
    ...perLayerInput(a),
  ];
};

/** Gemma 3n, text decoder. @see transformers 5.24, modeling_gemma3n.py; the checkpoint also stores k and v of the layers that share them */
const layout: Layout = (architecture) => {
  const a = { qk_norm: "head", ...architecture } as const;
  const firstShared = a.num_hidden_layers - (a.num_kv_shared_layers ?? 0);
  const kinds = layerKinds(a, (index): Kind => (index < firstShared ? "own_kv" : "shared_kv"));
  return causalLmLayout(a, {
    embeddings: [
      embeddingTensors("embed_tokens", a.vocab_size, a.hidden_size),
      ...perLayerEmbeddings(a),
      ...projections(a, "altup_projections"),
    ],
    layers: layersOfKinds(kinds, (kind) => layer(a, kind)),
    final: [...projections(a, "altup_unembed_projections"), rmsNormTensors("norm", a.hidden_size)],
  });
};

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
const gemma3nForward: Forward = {
  ...gemma4Forward,
  layoutKind: (a, index) => (index < firstSharingLayer(a) ? "own_kv" : "shared_kv"),
  attentionKind: (a, index) =>
    `${a.num_hidden_layers > SPARSE && index < SPARSE ? "sparse" : ""} ${kindsOf(fullAttentionEvery(5))(a, index)}`,
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

/** Gemma 3n. */
export const gemma3n: Family = {
  model_types: {
    gemma3n: {
      name: "Gemma 3n",
      forward: gemma3nForward,
      tensorParallel: WHOLE_PLAN,
      contextParallel: true,
      ulysses: NOT_HELD_BY_ULYSSES,
      pipeline: EXTRA_INPUTS,
      ...TRANSFORMERS_ONLY,
      config: { fields: GEMMA3_FIELDS, tied: true },
      heldAgainst: { runs: ["step", "tensor parallel"] },
      approximation: EXACT,
    },
    gemma3n_text: {
      name: "Gemma 3n text",
      forward: gemma3nForward,
      tensorParallel: INNER_TYPE,
      contextParallel: true,
      ulysses: NOT_HELD_BY_ULYSSES,
      pipeline: EXTRA_INPUTS,
      ...TRANSFORMERS_ONLY,
      config: { fields: GEMMA3_FIELDS, tied: true },
      heldAgainst: { as: "gemma3n" },
      approximation: EXACT,
    },
  },
  layout,
  targets: LLAMA_TARGETS,
  refused: NO_REFUSED,
};
