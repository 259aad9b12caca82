import type { Writable } from "./writable.ts";

/** How autograd goes on. */
export type Autograd = Readonly<{
  /** How many nodes there are. */
  sequence: number;
  /** Whether operations make nodes. */
  recording: boolean;
  /**
   * Nobody keeps the gradients of parameters that arrive: their update, with so many fp32 tensors of its size, is done
   * at once, or they are those of a step that only leads up to the one that counts. null: they are kept.
   */
  updatesInBackward: number | null;
}>;

export const createAutograd = (): Autograd => ({ sequence: 0, recording: true, updatesInBackward: null });

/** The number of the node that is made next. */
export const nextSequence = (autograd: Autograd): number => {
  const counted: Writable<Autograd> = autograd;
  return counted.sequence++;
};

/** From here on gradients of parameters are kept, or not. @see Autograd */
export const setUpdatesInBackward = (autograd: Autograd, updates: number | null): void => {
  const told: Writable<Autograd> = autograd;
  told.updatesInBackward = updates;
};

/** Runs something with nodes or without; afterwards, whatever happens, it is as it was. */
export const withRecording = <T>(autograd: Autograd, recording: boolean, body: () => T): T => {
  const told: Writable<Autograd> = autograd;
  const outer = autograd.recording;
  told.recording = recording;
  try {
    return body();
  } finally {
    told.recording = outer;
  }
};
