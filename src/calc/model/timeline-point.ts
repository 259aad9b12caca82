import type { PerTerm } from "./term.ts";
import type { PassId } from "./objective.ts";

/** Where in the step a point lies. */
export type StepPoint = Readonly<{
  /** `finish` is what comes after all of backward: a stage of a pipeline reduces its gradients. */
  phase: "start" | "forward" | "backward" | "finish" | "step" | "zero";
  /** The layer that runs; −1 what comes before the layers, their number what comes after: last norm, head and loss. */
  layer: number;
  /** The highest point of what runs, or its end. */
  at: "highest" | "end";
}>;

/** What PyTorch has allocated at one point of the step. */
export type TimelinePoint = StepPoint &
  Readonly<{
    bytes: number;
    terms: PerTerm<number>;
    /** After how many layers of the tape's last micro step it lies, and after how many entries of the log of the next; null: after all of the tape. */
    onTape: Readonly<{ runs: number; entries: number }> | null;
    /** The pass that runs; null before and after all of them. */
    pass: PassId | null;
  }>;

/** The highest point of a timeline; the first of several. */
export const peakOf = (points: readonly TimelinePoint[]): TimelinePoint =>
  points.reduce((top, point) => (point.bytes > top.bytes ? point : top));
