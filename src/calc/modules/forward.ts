import type { StepOptions } from "#calc/model/options/step-options.ts";
import type { Architecture } from "#calc/model/architecture.ts";
import type { Attended } from "./heads.ts";
import type { Loaded, LoadedLinear } from "./loaded.ts";
import type { Element } from "#calc/base/element.ts";
import type { checkpointed } from "#calc/tape/checkpoint.ts";
import type { Tape, Tensor } from "#calc/tape/tape.ts";

/** A model with its parameters, ready to run. `layers` may be fewer than the model has: those that differ. */
export type Model = Readonly<{
  tape: Tape;
  options: StepOptions;
  embeddings: Loaded;
  layers: readonly Loaded[];
  final: Loaded;
  head: LoadedLinear;
  buffers: readonly Tensor[];
}>;

/** A buffer of so many elements. */
export type Buffer = Readonly<{ elements: number; dtype: Element }>;

/** From whole logits, bound by the caller, to the loss. */
export type LossOfLogits = (logits: Tensor, labels: Tensor) => Tensor;

/** What a family's forward pass is made of, in the order of `...Model.forward` and `...ForCausalLM.forward`. */
export type Forward = Readonly<{
  /** Buffers: inverse frequencies, scales. */
  buffers: (options: StepOptions) => readonly Buffer[];
  /** Positions of one chunk, where a scan cuts the sequence into chunks. */
  chunkSize?: number;
  /** Where layers have several layouts: which one the layer of this index has. */
  layoutKind?: (a: Architecture, index: number) => string;
  /** Where attention is of several kinds (sliding, full): which one the layer has. */
  attentionKind?: (a: Architecture, index: number) => string;
  /** `inputs_embeds` */
  embed: (model: Model, input_ids: Tensor) => Tensor;
  /** The model multiplies `inputs_embeds` by a number, in its own function (Granite). */
  scaleEmbeddings?: boolean;
  /** `position_ids`, bound; a count of positions, unless said. */
  positions?: (model: Model, input_ids: Tensor) => Tensor;
  /** Layers are not handed the positions. */
  keepsPositions?: boolean;
  /** What the first layer gets; `inputs_embeds`, unless said. */
  enter?: (model: Model, inputs_embeds: Tensor, position_ids: Tensor) => Tensor;
  /** Buffers inside each layer of that kind. */
  layerBuffers?: (options: StepOptions, kind: string) => readonly Buffer[];
  /** Rotary tables, masks: what is alive during all layers. */
  context: (
    model: Model,
    ...tensors: readonly [inputs_embeds: Tensor, position_ids: Tensor, input_ids: Tensor]
  ) => readonly Tensor[];
  /** Which of these the layer is handed; all, unless said. */
  choose?: (layer: Loaded, context: readonly Tensor[]) => readonly Tensor[];
  /** What the layer returns: where that is a tuple with the attention weights, the model's loop holds them while the next layer runs. */
  layer: (layer: Loaded, context: readonly Tensor[], hidden_states: Tensor) => Tensor | Attended;
  /** How checkpointed layers run; without reentrant autograd, unless said. */
  checkpoint?: typeof checkpointed;
  finalNorm: (model: Model, hidden_states: Tensor) => Tensor;
  logits: (model: Model, hidden_states: Tensor) => Tensor;
  /** The loss of whole logits, where the model has one of its own. */
  loss?: (options: StepOptions) => LossOfLogits | undefined;
  /** The library's own way from the last hidden state to the loss, and the logits that its loop holds. */
  headAndLoss?: (model: Model, hidden_states: Tensor) => readonly [loss: Tensor, logits: Tensor];
}>;
