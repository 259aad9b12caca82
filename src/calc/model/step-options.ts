// Settings that shape the tape of a step, with what one of several ranks shards, gathers and reduces.

import type { Dtype, Element } from "#calc/base/dtypes.ts";
import type { Scenario } from "./scenario.ts";

/** What the shape of a step depends on: everything but batch and length, of which it takes whether they are the least. Element types are what tensors really have. */
export type StepOptions = Readonly<{
  architecture: Scenario["architecture"];
  modelling: Scenario["modelling"];
  objective: Scenario["objective"];
  reference?: Scenario["reference"];
  wholeStatistics?: Scenario["wholeStatistics"];
  loss_type?: Scenario["loss_type"];
  trainer?: Scenario["trainer"];
  /** What the teacher's parameters are loaded as, and its architecture. */
  teacher?: Readonly<{ architecture: Scenario["architecture"]; weights: Dtype }>;
  method: Scenario["method"];
  /** What base parameters are loaded as. */
  weights: Dtype;
  /** What adapters are kept as. */
  adapters: Dtype;
  /** What autocast runs matrix products in; null without. */
  autocast: Element | null;
  scalesLoss?: true;
  gradient_checkpointing: boolean;
  selective?: Scenario["selective"];
  checkpointsOffloaded: boolean;
  savedTensorsOffloaded?: boolean;
  reentrant?: boolean;
  kernels?: Scenario["kernels"];
  gradient_accumulation_steps: number;
  attn_implementation: Scenario["attn_implementation"];
  loss: Scenario["loss"];
  /** Whether the batch is one row. */
  singleRow: boolean;
  /** Whether the batch is one pair of rows, where an objective without a reference has pairs; absent: no. */
  singlePair?: true;
  /** Whether a scan takes the sequence in one chunk, and whether it fills the last one up. */
  singleChunk: boolean;
  paddedChunk: boolean;
  /** Whether a loss in tiles (TRL's) has several of tokens, and the vocabulary is one tile; absent: no. */
  tilesOfTokens?: true;
  /** Rows are padded, so attention gets a mask. `odd`: their length is no multiple of 8, which the memory-efficient kernel pads the mask to. */
  padding?: "even" | "odd";
  /** The same of the batch of mismatched completions, where there is one; absent: as the other. */
  mismatchedPadding?: "even" | "odd";
  /** Rows are as long as the window that layers have, or longer, so the attention of these gets a mask, which all rows share where none is padded. */
  windowMask?: "even" | "odd";
  /** Which share of each gradient stays on the GPU: 1 unless they are sharded, or kept in another type than their parameter. */
  gradientShare: number;
  /** Each parameter is updated in backward, with so many fp32 tensors of its size, and its gradient goes; null: in a step of its own. */
  updatesInBackward: number | null;
  /** Run as fake CPU tensors do, to be held against references, not as a GPU does: see `Tape`. */
  fakeTensors: boolean;
  /** Where parameters are gathered from several ranks. */
  ranks: RankOptions | null;
  /** How the model itself is divided over ranks. */
  division?: Scenario["division"];
  /** Which layers a stage has, from the first to before the last, how many micro batches it keeps at once, and of how many. */
  stage?: Readonly<{ layers: readonly [from: number, to: number]; inFlight: number; microBatches: number }>;
}>;

/** Elements in the bucket that gradients are reduced in, where a layer that is run on paper stands for several of the model. */
export type BucketFilling = Readonly<{
  /**
   * Of each layer that is run, when backward enters the last of the layers that it stands for; null where the bucket has been full before, and where it stands for
   * none.
   */
  before: readonly (number | null)[];
  /** When backward has ended. */
  left: number;
}>;

/** What DeepSpeed's stages keep besides, in elements. */
export type ZeroOptions = Readonly<{
  /** The buffer that gradients are reduced in. */
  reduceBucket: number;
  /** The rank's share of what is trained, as far as its gradients stay on the card. */
  share: number;
  /** Parameters of fewer elements are never sharded (stage 3). */
  persistent: number;
  /** How much of the parameters is unsharded at once, where that is not all of them (stage 3); 0: all. */
  live: number;
  /** Set where not every layer of the model is run. */
  filling?: BucketFilling;
}>;

/** What a rank gathers of a copy of the policy to run it. */
export type GatheredCopy = Readonly<{
  /** The type that its shards are kept in. */
  stored: Element;
  /** A rank's part, and what it gathers: all, padded to whole rows, or with ZeRO-3 as much as may be whole at once; in elements. */
  part: number;
  gathered: number;
  /** Blocks that the copy takes while it is whole, each tensor rounded up by itself. */
  wholeBlocks: number;
}>;

/** How one of several ranks shards parameters, gathers them and reduces gradients, as far as it changes forward and backward. */
export type RankOptions = Readonly<{
  strategy: "fsdp1" | "fsdp2" | "zero1" | "zero2" | "zero3";
  ranks: number;
  /** Whether a layer's parameters are resharded after its forward. */
  reshardsAfterForward: boolean;
  /**
   * Modules before the layers that are a unit of their own. The modules after the layers are then another, which stays unsharded from forward to backward.
   * Empty where the modules outside the layers are one unit.
   */
  embeddings: readonly string[];
  /** Modules before the layers that come last in the unit of the modules after them: embeddings that are tied to the head, as accelerate wraps them. */
  tiedEnds: readonly string[];
  /** Whether the modules after the layers are a unit of their own; a stage may have them without embeddings. */
  hasTail: boolean;
  /** The last output of the unit outside the layers: the loss, where that unit is the whole model, or the logits. */
  endsWith: "loss" | "logits";
  /** Whether that unit is resharded after forward. */
  reshardsEnds: boolean;
  /** The type that gradients are reduced in. */
  reduce: Element;
  /**
   * Whether a flat parameter of FSDP1 has trained parts beside frozen ones. Then all of its parts have gradients.
   *
   * @see torch/distributed/fsdp/_flat_param.py, `_init_flat_param_and_metadata`: it requires a gradient where one of its parts does
   */
  flatWithAdapters: boolean;
  /** Whether gradients of all but the last micro step stay unsharded, to be reduced with it (`no_sync`). */
  noSync: boolean;
  /**
   * Whether gradients stay unsharded until the backward of the last micro batch, and then are reduced unit by unit; parameters stay unsharded from a
   * backward to the next forward. A stage of a pipeline does so under FSDP2.
   */
  waitsForAll: boolean;
  /** The micro step from which on a forward neither all-gathers parameters nor reshards them; null: none. */
  unshardedFrom: number | null;
  /** The types that shards are kept in. */
  stored: Readonly<{ weights: Element; adapters: Element }>;
  /** The settings of DeepSpeed's stages; null without DeepSpeed. */
  zero: ZeroOptions | null;
  /** Modules that are units of their own inside their layer's, in the order in which a layer calls them: how many ranks shard each, and whether it is kept in fp32 in a model of 16 bits. */
  inner: readonly Readonly<{ module: string; ranks: number; inFp32: boolean }>[];
  /** The policy's copy where it is gathered at once; null where there is none. */
  copy: GatheredCopy | null;
  /** Whether adapters came after parameters were shared: they are in no unit, and whole on every rank. */
  adaptersWhole: boolean;
  /** Whether a unit casts its fp32 inputs to 16 bits (`MixedPrecisionPolicy.cast_forward_inputs`). */
  castsInputs: boolean;
  /** Whether shards lie in host memory. */
  onHost: boolean;
}>;
