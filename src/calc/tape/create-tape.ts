// Creation of a tape, hooks added to it, and runs of another model on it.

import type { Hooks, Tape } from "./tape.ts";
import { type Writable, createLayers, type Policies, createPosition } from "./run-state.ts";
import { createAutocast } from "./autocast.ts";
import { createAutograd } from "./autograd.ts";
import { createCheckpoints } from "./checkpoint.ts";
import { createLedger } from "./ledger/ledger.ts";
import { createLoop } from "./training-loop.ts";
import { createRecorder } from "./recorder.ts";
import { createNames } from "./scope.ts";

const createHooks = (): Hooks => ({ cache: null, ranks: null, activations: null });

/** Adds hooks to a tape. They hold the tape themselves, so they cannot be there when it is made. */
export const addHooks = (hooks: Hooks, added: Partial<Hooks>): void => {
  const writable: Writable<Hooks> = hooks;
  Object.assign(writable, added);
};

/**
 * Runs a model beside the one that is trained, whose layers are not that one's: none begins a segment, or says whether layers are alike, and no hooks of ranks
 * know them. Restored, even if it throws.
 */
export const runOtherModel = <T>(tape: Tape, body: () => T): T => {
  const layers: Writable<Tape["layers"]> = tape.layers;
  const { ranks } = tape.hooks;
  layers.apart = true;
  addHooks(tape.hooks, { ranks: null });
  try {
    return body();
  } finally {
    layers.apart = false;
    addHooks(tape.hooks, { ranks });
  }
};

/**
 * The settings of a run.
 *
 * @see createTable for `gradientShare`
 */
type TapeSettings = Policies & Readonly<{ gradientShare: number }>;

/**
 * What depends on the model's code: the positions of one chunk of its scan, whether the training loop keeps a step's graph until the
 * next step, and how many positions stand before those of the batch.
 */
type ModelSettings = Readonly<{ chunkSize: number; keepsGraph: boolean; virtualTokens?: number }>;

/** The tape of a run that begins. */
export const createTape = (
  settings: TapeSettings,
  { chunkSize, keepsGraph, virtualTokens = 0 }: ModelSettings,
): Tape => {
  const { fakeTensors, singleRow, singleChunk, paddedChunk, gradientShare } = settings;
  const { tilesOfTokens = false, singlePair = false, withoutDropout = false } = settings;
  return {
    recorder: createRecorder(createLedger(gradientShare, chunkSize, virtualTokens)),
    position: createPosition(),
    autograd: createAutograd(),
    names: createNames(),
    autocast: createAutocast(),
    checkpoints: createCheckpoints(),
    loop: createLoop(keepsGraph),
    layers: createLayers(),
    policies: { fakeTensors, singleRow, singleChunk, paddedChunk, tilesOfTokens, singlePair, withoutDropout },
    hooks: createHooks(),
  };
};
