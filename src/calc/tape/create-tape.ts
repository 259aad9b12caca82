import { createAutocast } from "./autocast.ts";
import { createAutograd } from "./autograd.ts";
import { createCheckpoints } from "./checkpoints.ts";
import { createHooks } from "./hooks.ts";
import { createLayers } from "./layers.ts";
import { createLedger } from "./ledger/ledger.ts";
import { createLoop } from "./outliving.ts";
import type { Policies } from "./policies.ts";
import { createPosition } from "./position.ts";
import { createRecorder } from "./recorder.ts";
import { createNames } from "./scope.ts";
import type { Tape } from "./tape.ts";

/**
 * The settings of a run.
 *
 * @see createTable for `gradientShare`
 */
export type TapeSettings = Policies & Readonly<{ gradientShare: number }>;

/**
 * What depends on the model's code: the positions of one chunk of its scan, whether the training loop keeps a step's graph until the
 * next step, and how many positions stand before those of the batch.
 */
export type ModelSettings = Readonly<{ chunkSize: number; keepsGraph: boolean; virtualTokens?: number }>;

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
