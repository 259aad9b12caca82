// State of a run: its pass, phase and layer, what is known of its layers, and the policies for all operations.

import type { PassId } from "#calc/model/objective.ts";
import type { Phase, Storage } from "./ledger/ledger.ts";

/** Where the run stands. */
export type Position = Readonly<{
  /** null: while the model is loaded. */
  pass: PassId | null;
  phase: Phase;
  microStep: number;
  /** Whether the optimizer's step comes after this micro step. */
  endsStep: boolean;
  /** Which layer runs: −1 before the first. */
  layer: number;
}>;

export const createPosition = (): Position => ({
  pass: null,
  phase: "load",
  microStep: 0,
  endsStep: false,
  layer: -1,
});

/** What changes when a micro step begins. */
type MicroStep = Pick<Position, "microStep" | "endsStep">;

/** Begins a micro step. */
export const beginMicroStep = (position: Position, { microStep, endsStep }: MicroStep): void => {
  const moved: Writable<Position> = position;
  moved.microStep = microStep;
  moved.endsStep = endsStep;
};

/** Begins the forward of a pass. */
export const beginPass = (position: Position, pass: PassId): void => {
  const moved: Writable<Position> = position;
  moved.pass = pass;
  moved.phase = "forward";
};

/** Begins backward. */
export const beginBackward = (position: Position): void => {
  const moved: Writable<Position> = position;
  moved.phase = "backward";
};

/** Moves the run to a layer of a pass. */
export const moveTo = (position: Position, { pass, layer }: Pick<Position, "pass" | "layer">): void => {
  const moved: Writable<Position> = position;
  moved.pass = pass;
  moved.layer = layer;
};

/** What is known of the hidden states that the layers of a run hand to each other. */
export type Layers = Readonly<{
  /** The storage of the hidden states that the first layer was handed, by micro step. */
  handed: Storage[];
  /**
   * Whether every layer so far returned a tensor like the one it was handed, and none shares states with others. Then one layer of a kind
   * stands for all.
   */
  alike: boolean;
  /** Whether the model that runs is another than the one that is trained. @see runApart */
  apart: boolean;
}>;

export const createLayers = (): Layers => ({ handed: [], alike: true, apart: false });

/** Notes whether a layer, or what all layers share, is as in the other layers. One exception makes `alike` false for the run. */
export const noteLayerLikeness = (layers: Layers, isAlike: boolean): void => {
  if (layers.apart) return;
  const writable: Writable<Layers> = layers;
  writable.alike &&= isAlike;
};

/** Facts that hold for a whole run, and decide what operations allocate. */
export type Policies = Readonly<{
  /**
   * Whether to run as PyTorch does on fake CPU tensors, which references are made with: gradients are never added in place, layer norms keep
   * their statistics in the input's type, and code that asks for CUDA's autocast finds none. Otherwise as on a GPU.
   */
  fakeTensors: boolean;
  /** Whether b = 1. Then a transposed [1, heads, s, width] is seen as [heads, s, width] without a copy; several rows must be copied. */
  singleRow: boolean;
  /**
   * Whether a scan takes the sequence in one chunk. Then a transposed tensor of chunks is seen as matrices without a copy, as with
   * `singleRow`.
   */
  singleChunk: boolean;
  /** Whether a scan pads the last chunk. The padded copy is contiguous (see `pad` for the exception). */
  paddedChunk: boolean;
  /** Whether a loss in tiles has several of tokens, so that it takes the head's only chunk again; absent: it has one. */
  tilesOfTokens?: boolean;
  /** Whether the batch is one pair of rows; absent: it is not. */
  singlePair?: boolean;
  /** Whether all dropout is 0; absent: it is as modules have it. */
  withoutDropout?: boolean;
}>;

/** A part of the tape as the file that owns it sees it: for every other file it is readonly. */
export type Writable<Part> = { -readonly [Field in keyof Part]: Part[Field] };

/** Runs `body` with another value of a field. The old one is restored, even if `body` throws. */
export const withField = <Part, Field extends keyof Part, T>(
  part: Part,
  [field, value]: readonly [field: Field, value: Part[Field]],
  body: () => T,
): T => {
  const writable: Writable<Part> = part;
  const outer = part[field];
  writable[field] = value;
  try {
    return body();
  } finally {
    writable[field] = outer;
  }
};
