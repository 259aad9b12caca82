// Timeline of a step: its points in memory, the highest one, and the tensors alive at a point.

import type { PerTerm, AllocatedTermId } from "./terms.ts";
import type { PassId } from "./objective.ts";
import type { Formula } from "#calc/base/formula.ts";

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

/** Tensors that are alive at a point of the step, alike but for their layer. */
export type AliveTensors = Readonly<{
  /** The module of the modelling code that made them (`self_attn.q_proj`), or the parameter's full name. */
  module: string;
  /** The operation that made them: `mm`, `silu`, `mm backward`, `parameter`. */
  op: string;
  /** Batch and length put in; empty for what is no tensor: workspaces, buckets. */
  shape: readonly number[];
  /** As PyTorch or the quantisation calls it: `bf16`, `nf4`; empty for what is no tensor. */
  dtype: string;
  term: AllocatedTermId;
  /** What the number of its elements is a multiple of, as the term's formula names it (`FormulaInput.key`): `b*s × 4096`. Empty for what that formula counts otherwise. */
  unit: string;
  /** The bytes that all of them add to each element of the unit; 0 where they are of a fixed size, and where there is no unit. */
  each: number;
  /** When they were made: loaded with the model or the batch, in forward, or in backward, where checkpointed layers run again. */
  made: "load" | "forward" | "backward";
  /** Whether the last of them was made at this point, which makes the point the highest. */
  newest: boolean;
  /** Layers that hold one, each once and in order; −1 for what stands before the layers, their number for what comes after. */
  layers: readonly number[];
  /** How many there are. */
  count: number;
  /** Bytes of all of them. */
  bytes: number;
  /** Gives the bytes, rounding of each tensor to a block apart. */
  formula: Formula;
}>;
