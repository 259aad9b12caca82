import type { AllocatedTermId } from "#calc/model/term.ts";
import type { PassId } from "#calc/model/objective.ts";
import type { Element } from "#calc/base/element.ts";
import type { Autograd } from "./autograd.ts";
import type { Layers } from "./layers.ts";
import type { Ledger, Storage } from "./ledger/ledger.ts";
import type { Policies } from "./policies.ts";
import type { Position } from "./position.ts";
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
  /** What made it, where some input asks for a gradient; a parameter's own node where it is trained. */
  node: GradNode | null;
  /** Which of the node's outputs it is. */
  output: number;
  /** Whether elements lie in another order than the dimensions say (a transposed view), so that `view` and `contiguous` must copy. */
  permuted: boolean;
  /** Whether autograd knows it as a view of something else: gradients are not added into such a tensor in place. */
  view: boolean;
  bindings: number;
  alive: boolean;
};

/** What a node hands to the nodes of its inputs: nothing where that input needs none. */
export type Gradients = readonly (Tensor | null)[];

/** The backward of one operation. Runs with all its temporaries alive to the end, as a C++ function's. */
export type Backward = (gradients: readonly (Tensor | null)[], node: GradNode) => Gradients;

/** A node of autograd's graph. */
export type GradNode = {
  readonly name: string;
  readonly module: string;
  /** Order of creation: of the nodes that are ready, the youngest runs first. */
  readonly sequence: number;
  /** Of which pass and which layer it is. */
  readonly pass: PassId | null;
  readonly layer: number;
  /** What backward's tensors count in. */
  readonly term: AllocatedTermId;
  readonly inputs: readonly Tensor[];
  /** How many outputs it has. */
  outputs: number;
  readonly backward: Backward;
  saved: Storage[];
  /** Where saved tensors were replaced by a checkpoint's empty slots: the checkpoint, its first slot, their number. */
  checkpoint: Checkpoint | null;
  firstSlot: number;
  slotCount: number;
  pending: number;
  /** Live outputs and nodes that come after: when none is left, what it saved goes. */
  holders: number;
  /** For each output, the gradient that has arrived for it. */
  readonly buffers: (Tensor | null)[];
  /** A parameter's node: where its gradient is kept. */
  readonly leaf: Leaf | null;
  /** A hook on its output: runs before it does; of a leaf, before it takes its gradient. */
  before: (() => void) | null;
};

/** What receives a gradient. `dropped`: nobody keeps it (an embedding's output that is made a leaf for checkpointing). */
export type Leaf = {
  gradient: Storage | null;
  readonly dropped: boolean;
  readonly variable: Storage;
  /** No parameter, but what a stage of a pipeline received. */
  isInput?: true;
  /** A hook: runs when the gradient has arrived, or is known to be none. */
  arrived?: () => void;
};

/** A non-reentrant checkpoint: what its forward would have saved, to be filled by a second run when the first of it is asked for. */
export type Checkpoint = {
  slots: (Storage | null)[];
  count: number;
  filled: boolean;
  /** Whether the slot's node still waits for it: a second run leaves the others empty. */
  readonly wanted: boolean[];
  /** Nodes that still have slots here; the inputs are let go with the last. */
  users: number;
  readonly inputs: Tensor[];
  /** Outputs of operations that the first run keeps for the second, the earliest operation first. */
  readonly kept: (readonly Tensor[])[];
  /** Brings back what was sent to host memory, before the second run. */
  readonly restore: () => void;
  readonly rerun: () => void;
};

/** A second run under way: what it made, so that it can be stopped in the middle. */
export type Rerun = { readonly checkpoint: Checkpoint; next: number; readonly made: Tensor[] };

/** How the outputs of an operation of that name come about. */
export type MakeOutput = (name: string, make: () => readonly Tensor[]) => readonly Tensor[];

/** What a module is called with: hidden states, and the rest. */
export type Inputs = readonly [Tensor, ...Tensor[]];

/** Queries, keys and values in [b, heads, s, width], bound by the caller. */
export type Heads = Readonly<{ query: Tensor; key: Tensor; value: Tensor }>;

/** A module's forward. */
export type ModuleCall = (...inputs: readonly [Tensor, ...Tensor[]]) => Tensor;

/**
 * What happens on one of several ranks around units of the model whose parameters are gathered together: each layer (by its number), and what stands
 * outside the layers (−1).
 */
export type RankHooks = Readonly<{
  /** Around a module's forward, by the module's path and the path of the module that calls it. */
  around?: (path: string, outer: string, forward: ModuleCall) => ModuleCall;
  /** Rows of a table by ids, where the table is divided; null where it is not. */
  lookUp?: (table: Tensor, ids: Tensor) => Tensor | null;
  /** In the flash kernel's place, where ranks share a sequence. */
  attend?: (attended: readonly [query: Tensor, key: Tensor, value: Tensor]) => Tensor;
  /** Around attention in plain order, [b, s, heads, width], where ranks share out heads. */
  exchange?: (heads: Heads, core: (inner: Heads) => Tensor) => Tensor;
  /** A parameter, or what is loaded beside parameters, has been made. */
  loaded: (tensor: Tensor) => void;
  /** Before the unit's forward: its inputs, as the unit sees them. */
  enter: (unit: number, inputs: Inputs) => Inputs;
  /** After the unit's forward, with what it returns: its first output, as those see it who come after. */
  leave: (unit: number, ...outputs: readonly [Tensor, ...Tensor[]]) => Tensor;
  /** In the backward of a reentrant checkpoint: its detached input, and that input's gradient. */
  detached?: (unit: number, input: Tensor, gradient: Tensor) => void;
  /** After the last node of backward. */
  finish: () => void;
}>;

/** What a checkpoint's first run keeps, and how operations come by their outputs in it and in the second run. */
export type KeptOutputs = Readonly<{ kept: Checkpoint["kept"]; inFirstRun: MakeOutput; inSecondRun: () => MakeOutput }>;

/** Where activations that backward asks for are, other than on the card until then or nowhere. */
export type ActivationHooks = Readonly<{
  /** Asked once for each checkpoint that keeps some outputs of operations. */
  keepOutputs?: () => KeptOutputs;
  /** Sends a checkpointed layer's input to host memory; gives what brings it back, or null where it stays. */
  sendInput?: (input: Tensor) => (() => Tensor) | null;
  /** Sends a tensor that a node saves to host memory; whether it did. */
  sendSaved?: (node: GradNode, tensor: Tensor) => boolean;
  /** Before a node's backward: what it saved comes back, until its backward is through. */
  bringBack?: (node: GradNode) => void;
  /** Allocations in host memory; null where nothing is sent there. */
  host: Ledger | null;
}>;

/** Copies of weights, each with the layer in which it was made. */
export type Casts = Map<Storage, Readonly<{ cast: Tensor; layer: number }>>;

/**
 * Autocast: its type for matrices, null without; and 16-bit copies of trained fp32 weights, kept until the context that
 * made them ends.
 */
export type Autocast = Readonly<{ element: Element | null; casts: Casts[] }>;

/** What functions have named, the innermost's last: from `first` on. */
export type Names = Readonly<{
  all: Tensor[];
  first: number;
  /** Whether temporaries live to the end of the scope (C++) or die when used (Python). */
  holding: boolean;
}>;

/** The checkpoint that runs for the first time or again, if any. */
export type Checkpoints = Readonly<{
  running: Checkpoint | null;
  rerun: Rerun | null;
  /**
   * In a checkpoint that keeps some outputs: makes the output of an operation, or takes it from those that the first
   * run kept.
   */
  makeOutput: MakeOutput | null;
}>;

/** A storage that a loop's variable holds beyond backward, with the layer and the micro step that it was made in. */
export type Outliving = Readonly<{ storage: Storage; layer: number; microStep: number }>;

/**
 * What a loop's variables hold where it keeps the graph of a step until the next step's takes its place; null
 * elsewhere.
 */
export type Loop = Readonly<{ outliving: readonly Outliving[] | null }>;

/** What others do beside the run. */
export type Hooks = Readonly<{
  /** Where parameters are sharded over ranks. */
  ranks: RankHooks | null;
  /** Where activations are kept in part, or in host memory. */
  activations: ActivationHooks | null;
}>;

/** One run of a model on paper, in parts; each is written by its own file alone. Nothing here knows which model. */
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
