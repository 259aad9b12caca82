import type { Forward, Model } from "#calc/families/forward/forward.ts";
import { checkpointed } from "#calc/tape/checkpoint.ts";
import { beginSegment } from "#calc/tape/ledger.ts";
import { compute } from "#calc/tape/ops/compute.ts";
import { requireGradient } from "#calc/tape/parameter.ts";
import { bind, call, rebind, scoped } from "#calc/tape/scope.ts";
import { shapeOf } from "#calc/tape/shape.ts";
import type { Tape, Tensor } from "#calc/tape/tape.ts";
import { addNumber, scale } from "#calc/tape/ops/unary.ts";
import { causalLmLoss } from "./causal-lm-loss.ts";

const enter = (tape: Tape, segment: number): void => {
  tape.segment = segment;
  beginSegment(tape.ledger, { phase: tape.phase, microStep: tape.microStep, layer: segment });
};

/** `enable_input_require_grads`: with a frozen embedding, checkpointed layers need an input that asks for a gradient. */
const embedded = (forward: Forward, model: Model, input_ids: Tensor): Tensor => {
  const inputs_embeds = forward.embed(model, input_ids);
  const { gradient_checkpointing, method } = model.options;
  if (gradient_checkpointing && method.kind !== "full" && inputs_embeds.node === null)
    requireGradient(inputs_embeds, true);
  return inputs_embeds;
};

const runLayer = (
  forward: Forward,
  model: Model,
  { index, inputs }: Readonly<{ index: number; inputs: readonly Tensor[] }>,
): Tensor => {
  const layer = model.layers[index];
  const run = ([hidden_states, , ...context]: readonly Tensor[]): Tensor =>
    call(
      `layers.${index}`,
      (x) => forward.layer(layer as NonNullable<typeof layer>, context, x),
      hidden_states as Tensor,
    );
  return model.options.gradient_checkpointing ? checkpointed(model.tape, { forward: run, inputs }) : run(inputs);
};

/** `...Model.forward`: embeddings, positions, rotary tables and masks alive during all layers, final norm. */
const backbone = (forward: Forward, model: Model, input_ids: Tensor): Tensor =>
  call(
    "model",
    (ids) => {
      const { tape } = model;
      let inputs_embeds = bind(embedded(forward, model, ids));
      if (forward.scaleEmbeddings) inputs_embeds = rebind(inputs_embeds, scale(inputs_embeds));
      const position_ids =
        forward.positions?.(model, ids) ??
        bind(addNumber(compute({ name: "arange", shape: shapeOf(1, "s"), dtype: "int64" }, ids)));
      const context = forward.context(model, inputs_embeds, position_ids);
      for (const tensor of context) bind(tensor);
      let hidden_states = bind(forward.enter?.(model, inputs_embeds, position_ids) ?? inputs_embeds);
      model.layers.forEach((layer, index) => {
        const chosen = forward.choose?.(layer, context) ?? context;
        enter(tape, index);
        hidden_states = rebind(
          hidden_states,
          runLayer(forward, model, { index, inputs: [hidden_states, position_ids, ...chosen] }),
        );
      });
      enter(tape, model.layers.length);
      return forward.finalNorm(model, hidden_states);
    },
    input_ids,
  );

/** What a batch is. */
export type Batch = Readonly<{ input_ids: Tensor; labels: Tensor }>;

/** `...ForCausalLM.forward`: the loss, and the logits that the caller's `outputs` holds. */
export const causalLm = (
  forward: Forward,
  model: Model,
  { input_ids, labels }: Batch,
): readonly [loss: Tensor, logits: Tensor] => {
  const { tape } = model;
  enter(tape, -1);
  return scoped(tape, (): readonly [Tensor, Tensor] => {
    const hidden_states = bind(backbone(forward, model, input_ids));
    tape.component = "logits";
    const logits = bind(forward.logits(model, hidden_states));
    tape.component = "activations";
    return [causalLmLoss(logits, labels), logits];
  });
};
