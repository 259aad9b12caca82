import type { Architecture } from "#calc/architecture.ts";
import type { Loaded, LoadedLinear } from "#calc/modules/loaded.ts";
import type { StepOptions } from "#calc/step/step-options.ts";
import type { Tape, Tensor } from "#calc/tape/tape.ts";

/** What all layers are handed beside the hidden states: rotary tables, and the mask that eager attention adds. */
export type LayerContext = Readonly<{ cos: Tensor; sin: Tensor; mask: Tensor | null }>;

/** A model with its parameters, ready to run. `layers` may be fewer than the model has: those that differ. */
export type Model = Readonly<{
  tape: Tape;
  options: StepOptions;
  embeddings: Loaded;
  layers: readonly Loaded[];
  final: Loaded;
  head: LoadedLinear;
}>;

/** What a family's forward pass is made of, in the order of `...Model.forward` and `...ForCausalLM.forward`. */
export type Forward = Readonly<{
  /** Sizes in elements of the buffers, all fp32 (inverse frequencies). */
  buffers: (a: Architecture) => readonly number[];
  /** `inputs_embeds` */
  embed: (model: Model, input_ids: Tensor) => Tensor;
  /** Rotary tables, masks: what is alive during all layers. */
  context: (model: Model, inputs_embeds: Tensor, position_ids: Tensor) => readonly Tensor[];
  layer: (layer: Loaded, context: readonly Tensor[], hidden_states: Tensor) => Tensor;
  finalNorm: (model: Model, hidden_states: Tensor) => Tensor;
  logits: (model: Model, hidden_states: Tensor) => Tensor;
}>;
