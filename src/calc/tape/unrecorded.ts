import { withRecording } from "./autograd.ts";
import { within } from "./recorder.ts";
import type { Tape } from "./tape.ts";

/** Runs without recording, in the operation's name, as the body of a custom function does. */
export const unrecorded = <Result>({ autograd, recorder }: Tape, op: string, run: () => Result): Result =>
  withRecording(autograd, false, () => within(recorder, { op }, run));
