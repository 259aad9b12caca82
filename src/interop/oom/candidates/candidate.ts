// Types of a tensor that can be what an OOM message asked for.

import type { Engine } from "#calc/engine.ts";
import type { AliveTensors } from "#calc/model/timeline.ts";
import type { ModelLayout } from "#calc/model/layout.ts";
import type { MemoryEstimate } from "#calc/model/memory-estimate.ts";
import type { AllocatedTermId, PerTerm } from "#calc/model/terms.ts";
import type { Scenario } from "#calc/model/scenario.ts";
import type { OomMoment, Phase, Place } from "#interop/oom/traceback.ts";
import type { Request } from "#interop/oom/request-range.ts";

/** What a request can be of. docs/oom-messages.md says what each is. */
export const TENSORS = [
  "logits",
  "attention-scores",
  "activation",
  "weight",
  "quantised-weight",
  "dequantised-weight",
  "weight-gradient",
  "optimizer-state",
  "optimizer-temporary",
  "fsdp-unit",
  "fsdp-shard",
  "zero-partition",
] as const;
export type TensorName = (typeof TENSORS)[number];

/** A batch and the length of its rows. */
export type Rows = Readonly<{ batch: number; length: number }>;

/**
 * How the size comes out: it is `fixed` by the model; or of rows `as-set` in the scenario, `shorter` than set (the longest of a batch is below the cap), of an
 * `evaluation` with its default batch, of an `other-batch` of the set length, or `longer` than set.
 */
export type Fits = "fixed" | "as-set" | "shorter" | "evaluation" | "other-batch" | "longer";

/** A tensor of the scenario's own step: the module that makes it, by which operation, and the step as it has it. */
export type OnTape = Readonly<{
  module: string;
  op: string;
  /** The component that it counts in. */
  term: AllocatedTermId;
  made: AliveTensors["made"];
  /** What all components have before it is made, a moment each: in the first layers and in the last, and among tensors like it. */
  before: readonly PerTerm<number>[];
}>;

/** A tensor that can be what was asked for. */
export type Candidate = Readonly<{
  tensor: TensorName;
  /** As a part of a sentence: "the log-probabilities in fp32". */
  name: string;
  bytes: number;
  /** What the bytes are a product of: "4 B × 1 × 16,540 tokens × 152,064". */
  formula: string;
  fits: Fits;
  /** Rows that give the size; null where it does not depend on them. */
  rows: Rows | null;
  phases: readonly Phase[];
  /** Where in a phase it is made; empty: anywhere. */
  places: readonly Place[];
  /** What PyTorch has allocated while such are made, as far as that is bounded. */
  between?: Readonly<{ low: number; high: number }>;
  /** Whether the scenario has no such thing, and another setup of the same run would. */
  isUnset?: boolean;
  /** True if it is a guess even where the traceback names its moment: a number that was tried, or a size that is only near. */
  isGuess?: boolean;
  /** GPUs that divide it, where that is not the scenario's way, and whether that needs all parameters trained. */
  ranks?: Readonly<{ gpus: number; trainsAll: boolean }>;
  /** What of the scenario's own step it is. Absent: the step as it is simulated has none such. */
  onTape?: OnTape;
  why: string;
  change: string;
}>;

/** A run that an error is held against. */
export type OomSubject = Readonly<{
  engine: Engine;
  scenario: Scenario;
  estimate: MemoryEstimate;
  layout: ModelLayout;
}>;

/** What candidates are asked for. */
export type AskedOom = Readonly<{ subject: OomSubject; request: Request; moment: OomMoment }>;

/** Where tensors come from: those that can be what was asked for. Pure. */
export type Origin = (asked: AskedOom) => readonly Candidate[];
