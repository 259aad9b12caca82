import type { PerTerm } from "./term.ts";
import type { MomentId } from "./memory-estimate.ts";

/** One moment of the second step of one GPU: bytes at its end, the highest, and the highest by term. */
export type SimulatedMoment = Readonly<{
  id: MomentId;
  microStep: number;
  liveBytes: number;
  peakBytes: number;
  terms: PerTerm<number>;
}>;
