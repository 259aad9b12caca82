import { withRecording } from "./autograd.ts";
import { within } from "./recorder.ts";
import type { Tape } from "./tape.ts";

/** Runs the forward of a custom `torch.autograd.Function`: it makes no nodes, and its allocations go by the name `op`. */
export const unrecorded = <Result>({ autograd, recorder }: Tape, op: string, run: () => Result): Result =>
  withRecording(autograd, false, () => within(recorder, { op }, run));
