// Types of a model's code: the loaded model, the parts of its forward pass, and hooks of a rank.

import type { StepOptions } from "#calc/model/step-options.ts";
import type { Architecture } from "#calc/model/architecture.ts";
import type { Attended } from "./heads.ts";
import type { Loaded, LoadedLinear } from "./loaded-modules.ts";
import type { Element } from "#calc/base/dtypes.ts";
import type { checkpointed } from "#calc/tape/checkpoint.ts";
import type { Tape, Tensor, RankHooks } from "#calc/tape/tape.ts";

/** A model with its parameters, ready to run. `layers`: those that differ on paper, which may be fewer than the model has. */
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

/** Makes the loss from whole logits, which the caller has bound. */
type LossOfLogits = (logits: Tensor, labels: Tensor) => Tensor;

/** The parts of a family's forward pass, in the order of `...Model.forward` and `...ForCausalLM.forward`. */
export type Forward = Readonly<{
  /** Buffers: inverse frequencies, scales. */
  buffers: (options: StepOptions) => readonly Buffer[];
  /** Positions of one chunk, where a scan cuts the sequence into chunks. */
  chunkSize?: number;
  /** The layout of the layer with this index, where layers have several. */
  layoutKind?: (a: Architecture, index: number) => string;
  /** The kind of attention (sliding, full) of the layer with this index, where layers have several. */
  attentionKind?: (a: Architecture, index: number) => string;
  /** `inputs_embeds` */
  embed: (model: Model, input_ids: Tensor) => Tensor;
  /** The model multiplies `inputs_embeds` by a number, in its own function (Granite). */
  scaleEmbeddings?: boolean;
  /** Makes `position_ids`, bound; by default `arange(s)`. */
  positions?: (model: Model, input_ids: Tensor) => Tensor;
  /** Layers are called without `position_ids`. */
  keepsPositions?: boolean;
  /** Makes the input of the first layer, by default `inputs_embeds`. */
  enter?: (model: Model, inputs_embeds: Tensor, position_ids: Tensor) => Tensor;
  /** Buffers that each layer of that kind has. */
  layerBuffers?: (options: StepOptions, kind: string) => readonly Buffer[];
  /** Tensors that are alive during all layers: rotary tables, masks. */
  context: (
    model: Model,
    ...tensors: readonly [inputs_embeds: Tensor, position_ids: Tensor, input_ids: Tensor]
  ) => readonly Tensor[];
  /** Which tensors of `context` the layer is called with; by default all. */
  choose?: (layer: Loaded, context: readonly Tensor[]) => readonly Tensor[];
  /** Runs a layer. If it returns a tuple with the attention weights, the loop of the model holds these while the next layer runs. */
  layer: (layer: Loaded, context: readonly Tensor[], hidden_states: Tensor) => Tensor | Attended;
  /** How checkpointed layers run; by default with `use_reentrant=False`. */
  checkpoint?: typeof checkpointed;
  finalNorm: (model: Model, hidden_states: Tensor) => Tensor;
  logits: (model: Model, hidden_states: Tensor) => Tensor;
  /** The config of the type has a weight of the routers' loss, and names its experts as TRL asks for them: its trainer balances them. */
  balancesExperts?: true;
  /** A loss of the model's own that takes whole logits, if it has one. */
  loss?: (options: StepOptions) => LossOfLogits | undefined;
  /** A library's own code from the last hidden state to the loss, and to the logits that its loop holds. */
  headAndLoss?: (model: Model, hidden_states: Tensor) => readonly [loss: Tensor, logits: Tensor];
}>;

/**
 * The hooks of one of several ranks. `forward`: turns the forward pass of the whole model into what the rank runs, such as one stage of a
 * pipeline.
 */
export type ModelHooks = RankHooks & Readonly<{ forward?: (whole: Forward) => Forward }>;
