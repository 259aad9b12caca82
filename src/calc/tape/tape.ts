import type { ActivationHooks } from "./activation-hooks.ts";
import type { Component } from "#calc/model/component.ts";
import type { Element } from "#calc/base/element.ts";
import type { Ledger, Phase, Storage } from "./ledger.ts";
import { allocate, createLedger, release } from "./ledger.ts";
import type { RankHooks } from "./rank-hooks.ts";
import type { Shape } from "./shape.ts";

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
  readonly segment: number;
  /** What backward's tensors count in. */
  readonly component: Component;
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

/** Copies of weights, each with the layer in which it was made. */
export type Casts = Map<Storage, Readonly<{ cast: Tensor; segment: number }>>;

/** Storages that a loop's variables hold beyond backward, each with the layer and the micro step that it was made in. */
export type Outliving = Readonly<{ storage: Storage; segment: number; microStep: number }>[];

/** One run of a model on paper. Nothing here knows which model. */
export type Tape = {
  readonly ledger: Ledger;
  phase: Phase;
  microStep: number;
  /** Whether the optimizer's step comes after it. */
  endsStep: boolean;
  /** Which layer runs: −1 before the first. */
  segment: number;
  sequence: number;
  recording: boolean;
  /** Whether temporaries live to the end of the scope (C++) or die when used (Python). */
  holding: boolean;
  /** Matrices in this type under autocast; null without. */
  autocast: Element | null;
  /** 16-bit copies of trained fp32 weights, kept until the autocast context ends. */
  readonly casts: Casts[];
  /** What the running functions have named, the innermost's last: from `firstName` on. */
  readonly names: Tensor[];
  firstName: number;
  checkpoint: Checkpoint | null;
  rerun: Rerun | null;
  /** In a checkpoint that keeps some outputs: makes the output of an operation, or takes it from those that the first run kept. */
  makeOutput: MakeOutput | null;
  /**
   * Whether to run as PyTorch does on fake CPU tensors, which references are made with: gradients are never added in place, layer norms keep
   * their statistics in the input's type, and code that asks for CUDA's autocast finds none. Otherwise as on a GPU.
   */
  readonly fakeTensors: boolean;
  /** Whether the batch is one row: several rows in another order must be copied where one is a view. */
  readonly singleRow: boolean;
  /** Whether a scan takes the sequence in one chunk: rows of several chunks in another order must be copied where one is a view. */
  readonly singleChunk: boolean;
  /** Whether a scan fills the last chunk up: what is filled up lies in order. */
  readonly paddedChunk: boolean;
  /** Where a loop keeps the graph of a step until the next step's takes its place: what goes only then. */
  outliving: Outliving | null;
  /**
   * Nobody keeps the gradients of parameters that arrive: their update, with so many fp32 tensors of its size, is done at once, or they are those of a
   * step that only leads up to the one that counts. null: they are kept.
   */
  updatesInBackward: number | null;
  component: Component;
  op: string;
  module: string;
  /** Where parameters are sharded over ranks. */
  ranks: RankHooks | null;
  /** What the first layer was handed, by micro step. */
  readonly handed: Storage[];
  /** Whether every layer handed on what it had been handed, as far as a layer can tell. */
  alike: boolean;
  /** Where activations are kept in part, or in host memory. */
  activations: ActivationHooks | null;
};

/** How a run goes on. @see Tape, createLedger */
export type TapeSettings = Pick<Tape, "fakeTensors" | "singleRow" | "singleChunk" | "paddedChunk"> &
  Readonly<{ gradientShare: number; chunkSize: number }>;

export const createTape = ({
  fakeTensors,
  singleRow,
  singleChunk,
  paddedChunk,
  gradientShare,
  chunkSize,
}: TapeSettings): Tape => ({
  ledger: createLedger(gradientShare, chunkSize),
  phase: "load",
  microStep: 0,
  endsStep: false,
  segment: -1,
  sequence: 0,
  recording: true,
  holding: false,
  autocast: null,
  casts: [],
  names: [],
  firstName: 0,
  checkpoint: null,
  rerun: null,
  makeOutput: null,
  fakeTensors,
  singleRow,
  singleChunk,
  paddedChunk,
  outliving: null,
  updatesInBackward: null,
  component: "activations",
  op: "",
  module: "",
  ranks: null,
  handed: [],
  alike: true,
  activations: null,
});

const tensorOn = (tape: Tape, storage: Storage, view: Readonly<{ shape: Shape; dtype: Element }>): Tensor => {
  const tensor: Tensor = {
    tape,
    storage,
    dtype: view.dtype,
    shape: view.shape,
    node: null,
    output: 0,
    permuted: false,
    view: false,
    bindings: 0,
    alive: true,
  };
  if (tape.holding) {
    tensor.bindings = 1;
    tape.names.push(tensor);
  }
  tape.rerun?.made.push(tensor);
  return tensor;
};

/** Takes the last names away, down to so many. */
export const forgetNames = ({ names }: Tape, left: number): void => {
  while (names.length > left) names.pop();
};

/** A new tensor on a new storage, outside the graph. */
export const fresh = (tape: Tape, shape: Shape, dtype: Element): Tensor =>
  tensorOn(tape, allocate(tape.ledger, { shape, dtype, component: tape.component, op: tape.op, module: tape.module }), {
    shape,
    dtype,
  });

/** Another tensor on the same storage: a view, or a second reference. */
export const aliasOf = (tensor: Tensor, shape: Shape): Tensor => {
  tensor.storage.holders++;
  const alias = tensorOn(tensor.tape, tensor.storage, { shape, dtype: tensor.dtype });
  alias.permuted = tensor.permuted;
  return alias;
};

/** What every node has that saved nothing; nothing is ever put into it. */
export const NOTHING_SAVED: Storage[] = [];

/** Lets go of what a node saved: its storages, or its slots in a checkpoint, whose inputs go with the last. */
export const forgetSaved = (tape: Tape, node: GradNode): void => {
  const { saved, checkpoint } = node;
  for (let index = 0; index < saved.length; index++) release(tape.ledger, saved[index] as Storage);
  node.saved = NOTHING_SAVED;
  if (checkpoint === null) return;
  node.checkpoint = null;
  checkpoint.users--;
  if (checkpoint.users > 0) return;
  for (const held of checkpoint.inputs) drop(held);
  for (const outputs of checkpoint.kept) outputs.forEach(drop);
};

/** One output or one later node less; the last takes the node and what it saved with it. */
const releaseNode = (tape: Tape, node: GradNode): void => {
  node.holders--;
  if (node.holders > 0 || node.leaf !== null) return;
  if (node.checkpoint !== null) node.checkpoint.wanted.fill(false, node.firstSlot, node.firstSlot + node.slotCount);
  forgetSaved(tape, node);
  const { inputs } = node;
  for (let index = 0; index < inputs.length; index++) {
    const before = (inputs[index] as Tensor).node;
    if (before !== null) releaseNode(tape, before);
  }
};

/** A node whose operation is never finished goes at once; one that has an output already goes with that. */
export const abandon = (tape: Tape, node: GradNode): void => {
  if (node.holders > 0) return;
  node.holders = 1;
  releaseNode(tape, node);
};

/** The tensor is gone; its storage has one holder less, and so has the node that made it. */
export function drop(tensor: Tensor): void {
  if (!tensor.alive) return;
  tensor.alive = false;
  if (tensor.node !== null) releaseNode(tensor.tape, tensor.node);
  release(tensor.tape.ledger, tensor.storage);
}

/** An operation has used its inputs: those that no name holds are gone. */
export const consume = (tensor: Tensor): void => {
  if (tensor.bindings === 0) drop(tensor);
};
