// Types of the tape: tensors, nodes, checkpoints, hooks, and the parts of a run.

import type { AllocatedTermId } from "#calc/model/terms.ts";
import type { PassId } from "#calc/model/objective.ts";
import type { Element } from "#calc/base/dtypes.ts";
import type { Autograd } from "./autograd.ts";
import type { Layers, Policies, Position } from "./run-state.ts";
import type { Ledger, Storage } from "./ledger/ledger.ts";
import type { Recorder } from "./recorder.ts";
import type { Shape } from "./ledger/shape.ts";

/**
 * A tensor as Python sees it: a view of a storage, with the node of the graph that made it. `bindings` counts the names it is bound to;
 * one that is bound to none is an expression's temporary and dies when it is used.
 */
export type Tensor = {
  readonly tape: Tape;
  readonly storage: Storage;
  readonly dtype: Element;
  readonly shape: Shape;
  /** The node that made it (`grad_fn`), of a trained parameter its `AccumulateGrad`; null if it does not require a gradient. */
  node: GradNode | null;
  /** Which of the node's outputs it is. */
  output: number;
  /**
   * Whether it is not contiguous: elements lie in another order than the dimensions say (a transposed view), so `contiguous` and `reshape`
   * must copy.
   */
  permuted: boolean;
  /** Whether autograd knows it as a view: gradients are not added into a view in place. */
  view: boolean;
  bindings: number;
  alive: boolean;
};

/** The gradients of a node's inputs, in their order; null for an input that needs none. */
export type Gradients = readonly (Tensor | null)[];

/** The backward of one operation. All its temporaries live until it returns, as locals of a C++ function do. */
export type Backward = (gradients: readonly (Tensor | null)[], node: GradNode) => Gradients;

/** A node of autograd's graph. */
export type GradNode = {
  readonly name: string;
  readonly module: string;
  /** Order of creation: of the nodes that are ready, the youngest runs first. */
  readonly sequence: number;
  /** The pass and the layer in which it was made. */
  readonly pass: PassId | null;
  readonly layer: number;
  /** The term that tensors of its backward count in. */
  readonly term: AllocatedTermId;
  readonly inputs: readonly Tensor[];
  /** How many outputs it has. */
  outputs: number;
  readonly backward: Backward;
  saved: Storage[];
  /** The checkpoint whose empty slots stand for its saved tensors, its first slot there, and how many they are. */
  checkpoint: Checkpoint | null;
  firstSlot: number;
  slotCount: number;
  /** Gradients that have yet to arrive before it runs. */
  pending: number;
  /** Live outputs, and nodes that have one of them as input. At 0 its saved tensors are released. */
  holders: number;
  /** For each output, the gradient that has arrived for it. */
  readonly buffers: (Tensor | null)[];
  /** A parameter's node: where its gradient is kept. */
  readonly leaf: Leaf | null;
  /** A hook that runs before the node does; of a leaf, before it takes its gradient. */
  before: (() => void) | null;
};

/** What receives a gradient. `dropped`: nobody keeps it (an embedding's output that is made a leaf for checkpointing). */
export type Leaf = {
  gradient: Storage | null;
  readonly dropped: boolean;
  readonly variable: Storage;
  /** It is no parameter, but the input that a stage of a pipeline received. */
  isInput?: true;
  /** A hook that runs when the gradient has arrived, or when it is certain that there is none. */
  arrived?: () => void;
};

/**
 * A non-reentrant checkpoint: a slot for each tensor that its forward would have saved. The recomputation fills them when backward asks for
 * the first.
 */
export type Checkpoint = {
  slots: (Storage | null)[];
  count: number;
  filled: boolean;
  /** For each slot, whether its node is still alive: the recomputation leaves the others empty. */
  readonly wanted: boolean[];
  /** Nodes that still have slots here. The last of them to go releases `inputs` and `kept`. */
  users: number;
  readonly inputs: Tensor[];
  /** Outputs of operations that the first run keeps for the recomputation, the earliest operation first. */
  readonly kept: (readonly Tensor[])[];
  /** Brings the input back from host memory, before the recomputation. */
  readonly restore: () => void;
  readonly rerun: () => void;
};

/** A recomputation under way. `next`: the slot to fill next; `made`: the tensors to drop when it is stopped midway. */
export type Rerun = { readonly checkpoint: Checkpoint; next: number; readonly made: Tensor[] };

/** Gives the outputs of an operation: those that `make` allocates, or others that are there already. */
export type MakeOutput = (name: string, make: () => readonly Tensor[]) => readonly Tensor[];

/** The inputs of a module: hidden states first. */
export type Inputs = readonly [Tensor, ...Tensor[]];

/** Queries, keys and values in [b, heads, s, width], bound by the caller. */
export type Heads = Readonly<{ query: Tensor; key: Tensor; value: Tensor }>;

/** A module's forward. */
export type ModuleCall = (...inputs: readonly [Tensor, ...Tensor[]]) => Tensor;

/** Tokens, and of each the experts that it goes to with their weights. */
export type Routed = Readonly<{ x: Tensor; indices: Tensor; weights: Tensor }>;

/**
 * What one of several ranks does during a run. The parameters of a unit are all-gathered together. Each layer is a unit, by its index;
 * everything outside the layers is unit −1.
 */
export type RankHooks = Readonly<{
  /** Wraps a module's forward. `path`: the module; `outer`: the module that calls it. */
  around?: (path: string, outer: string, forward: ModuleCall) => ModuleCall;
  /** Looks up ids in a table that is divided over ranks; null for a table that is not. */
  lookUp?: (table: Tensor, ids: Tensor) => Tensor | null;
  /** Replaces the flash kernel where ranks share a sequence. */
  attend?: (attended: readonly [query: Tensor, key: Tensor, value: Tensor]) => Tensor;
  /** Wraps attention where ranks exchange tokens for heads. `core` returns [b, s, heads, width], contiguous. */
  exchange?: (heads: Heads, core: (inner: Heads) => Tensor) => Tensor;
  /** Wraps the experts of a layer where ranks share them out: sends tokens to the ranks that have their experts. `experts` runs a rank's own. */
  dispatch?: (routed: Routed, experts: (received: Routed) => Tensor) => Tensor;
  /** After a parameter or a buffer was loaded. */
  loaded: (tensor: Tensor) => void;
  /** Before the forward of a unit; returns the inputs that it gets. */
  enter: (unit: number, inputs: Inputs) => Inputs;
  /** After the forward of a unit, with its outputs; returns the first output as later units get it. */
  leave: (unit: number, ...outputs: readonly [Tensor, ...Tensor[]]) => Tensor;
  /** In the backward of a reentrant checkpoint: its detached input, and that input's gradient. */
  detached?: (unit: number, input: Tensor, gradient: Tensor) => void;
  /** After the last node of backward. */
  finish: () => void;
}>;

/** The outputs that a checkpoint's first run keeps, and how operations get their outputs in the first run and in the recomputation. */
export type KeptOutputs = Readonly<{ kept: Checkpoint["kept"]; inFirstRun: MakeOutput; inSecondRun: () => MakeOutput }>;

/**
 * What is done with activations besides holding them on the card and recomputing them: outputs of some operations are kept, tensors are
 * sent to host memory.
 */
export type ActivationHooks = Readonly<{
  /** Called once for each checkpoint, where checkpoints keep outputs of some operations. */
  keepOutputs?: () => KeptOutputs;
  /** Sends a checkpointed layer's input to host memory; returns the function that brings it back, or null where it stays. */
  sendInput?: (input: Tensor) => (() => Tensor) | null;
  /** Sends a tensor that a node saves to host memory; returns whether it did. */
  sendSaved?: (node: GradNode, tensor: Tensor) => boolean;
  /** Before a node's backward: brings its saved tensors back, until that backward is through. */
  bringBack?: (node: GradNode) => void;
  /** Allocations in host memory; null where nothing is sent there. */
  host: Ledger | null;
}>;

/** Copies of weights by the storage of the weight, each with the layer that made it. */
export type Casts = Map<Storage, Cast>;
/** A copy, and its original where that is no parameter: the cache holds both. */
export type Cast = Readonly<{ cast: Tensor; original: Tensor | null; layer: number }>;

/**
 * Autocast. `element`: the dtype of matrix products, null outside autocast. `casts`: for each open context its 16-bit copies of trained
 * fp32 weights, kept until it ends.
 */
export type Autocast = Readonly<{ element: Element | null; casts: Casts[] }>;

/** The tensors that all running functions have names for. Those of the innermost function begin at `first`. */
export type Names = Readonly<{
  all: Tensor[];
  first: number;
  /** Whether temporaries live to the end of the scope (C++) or die when used (Python). */
  holding: boolean;
}>;

/** The checkpoint in its first run (`running`) or in its recomputation (`rerun`), if any. */
export type Checkpoints = Readonly<{
  running: Checkpoint | null;
  rerun: Rerun | null;
  /**
   * In a checkpoint that keeps some outputs: makes the output of an operation, or takes it from those that the first
   * run kept.
   */
  makeOutput: MakeOutput | null;
}>;

/** A storage that a variable of the training loop holds beyond backward, with the layer and the micro step that made it. */
export type Outliving = Readonly<{ storage: Storage; layer: number; microStep: number }>;

/**
 * `outliving`: the storages that variables of the training loop hold from one step to the next; null where the loop keeps no graph so long. `attributes`: those
 * that nodes of the graph hold until the loop lets go of it.
 */
export type Loop = Readonly<{ outliving: readonly Outliving[] | null; attributes: readonly Outliving[] }>;

/**
 * A cache of keys and values that layers fill while a model generates. `prompt`: the forward that begins it, after which every layer's keys and values stay;
 * `token`: that of one more token, which makes those of a layer anew, one longer, beside the old ones.
 */
export type KeyValueCache = Readonly<{
  of: "prompt" | "token";
  /** How the cache of a layer grows: `slides`: both old ones are there until both new ones are; `full`: its window is full, the oldest token goes. */
  growthOf: (layer: number) => "grows" | "slides" | "full";
}>;

/** Functions of parallelism and of activations that the run calls. */
export type Hooks = Readonly<{
  /** null unless the model generates. */
  cache: KeyValueCache | null;
  /** Where ranks divide the model or its parameters; else null. */
  ranks: RankHooks | null;
  /** null where all activations are held on the card, or recomputed. */
  activations: ActivationHooks | null;
}>;

/**
 * One run of a model on paper, in parts. Each part is written by its own file alone (see `Writable`). Nothing here knows which model it is.
 */
export type Tape = Readonly<{
  recorder: Recorder;
  position: Position;
  autograd: Autograd;
  names: Names;
  autocast: Autocast;
  checkpoints: Checkpoints;
  loop: Loop;
  layers: Layers;
  policies: Policies;
  hooks: Hooks;
}>;
