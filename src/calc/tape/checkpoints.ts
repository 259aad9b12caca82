import type { Checkpoint, Checkpoints, MakeOutput, Rerun } from "./tape.ts";
import type { Writable } from "./writable.ts";

export const createCheckpoints = (): Checkpoints => ({ running: null, rerun: null, makeOutput: null });

/** Runs a checkpoint's forward for the first time. */
export const withCheckpoint = <T>(checkpoints: Checkpoints, checkpoint: Checkpoint, body: () => T): T => {
  const writable: Writable<Checkpoints> = checkpoints;
  const outer = checkpoints.running;
  writable.running = checkpoint;
  try {
    return body();
  } finally {
    writable.running = outer;
  }
};

/** Runs `body` as the recomputation of a checkpoint. null: `body` runs in the middle of a recomputation without being part of it. */
export const withRerun = <T>(checkpoints: Checkpoints, rerun: Rerun | null, body: () => T): T => {
  const writable: Writable<Checkpoints> = checkpoints;
  const outer = checkpoints.rerun;
  writable.rerun = rerun;
  try {
    return body();
  } finally {
    writable.rerun = outer;
  }
};

/** Runs `body`; its operations get their outputs from `makeOutput`. */
export const withOutputs = <T>(checkpoints: Checkpoints, makeOutput: MakeOutput | null, body: () => T): T => {
  const writable: Writable<Checkpoints> = checkpoints;
  const outer = checkpoints.makeOutput;
  writable.makeOutput = makeOutput;
  try {
    return body();
  } finally {
    writable.makeOutput = outer;
  }
};
