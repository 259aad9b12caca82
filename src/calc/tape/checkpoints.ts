import type { Checkpoint, Checkpoints, MakeOutput, Rerun } from "./tape.ts";
import type { Writable } from "./writable.ts";

export const createCheckpoints = (): Checkpoints => ({ running: null, rerun: null, makeOutput: null });

/** Runs a checkpoint's forward for the first time. */
export const withCheckpoint = <T>(checkpoints: Checkpoints, checkpoint: Checkpoint, body: () => T): T => {
  const told: Writable<Checkpoints> = checkpoints;
  const outer = checkpoints.running;
  told.running = checkpoint;
  try {
    return body();
  } finally {
    told.running = outer;
  }
};

/** Runs a checkpoint's forward again; with null, something that has no part in the second run that is under way. */
export const withRerun = <T>(checkpoints: Checkpoints, rerun: Rerun | null, body: () => T): T => {
  const told: Writable<Checkpoints> = checkpoints;
  const outer = checkpoints.rerun;
  told.rerun = rerun;
  try {
    return body();
  } finally {
    told.rerun = outer;
  }
};

/** Runs something whose operations come by their outputs in that way. */
export const withOutputs = <T>(checkpoints: Checkpoints, makeOutput: MakeOutput | null, body: () => T): T => {
  const told: Writable<Checkpoints> = checkpoints;
  const outer = checkpoints.makeOutput;
  told.makeOutput = makeOutput;
  try {
    return body();
  } finally {
    told.makeOutput = outer;
  }
};
