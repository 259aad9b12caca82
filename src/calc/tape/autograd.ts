// State of autograd: whether operations make nodes, node numbers, and updates in backward.

import { type Recorder, withMarks } from "./recorder.ts";
import { type Writable, withField } from "./run-state.ts";

/** The state of autograd. */
export type Autograd = Readonly<{
  /** Nodes made so far: the next node gets this number. */
  sequence: number;
  /** Whether operations make nodes; false under `torch.no_grad()`. */
  recording: boolean;
  /**
   * null: parameters' gradients are kept. A number: each is dropped on arrival, because the optimizer updates its parameter in backward,
   * with so many fp32 temporaries of the gradient's size. Also 0 in a micro step before the optimizer step that counts: its gradients are
   * gone by then.
   */
  updatesInBackward: number | null;
}>;

export const createAutograd = (): Autograd => ({ sequence: 0, recording: true, updatesInBackward: null });

/** Takes the sequence number of the node that is made next. */
export const nextSequence = (autograd: Autograd): number => {
  const counted: Writable<Autograd> = autograd;
  return counted.sequence++;
};

/** From here on parameters' gradients are kept (null), or dropped when they arrive. @see Autograd */
export const setUpdatesInBackward = (autograd: Autograd, updates: number | null): void => {
  const writable: Writable<Autograd> = autograd;
  writable.updatesInBackward = updates;
};

/** Runs `body` with or without making nodes (`torch.enable_grad()`, `torch.no_grad()`). The setting is restored, even if it throws. */
export const withRecording = <T>(autograd: Autograd, recording: boolean, body: () => T): T =>
  withField(autograd, ["recording", recording], body);

/** Runs the forward of a custom `torch.autograd.Function`: it makes no nodes, and its allocations go by the name `op`. */
export const unrecorded = <Result>(
  { autograd, recorder }: Readonly<{ autograd: Autograd; recorder: Recorder }>,
  op: string,
  run: () => Result,
): Result => withRecording(autograd, false, () => withMarks(recorder, { op }, run));
