// Types of a strategy for several GPUs, and of the code that an engine was created with.

import type { Machine } from "#calc/base/machine.ts";
import type { Bytes } from "#calc/base/bytes.ts";
import type { Families } from "#calc/families/families.ts";
import type { Architecture } from "#calc/model/architecture.ts";
import type { AskedDivision, CheckedDivision } from "#calc/model/division.ts";
import type { StepOptions } from "#calc/model/step-options.ts";
import type { Scenario } from "#calc/model/scenario.ts";
import type { ModelHooks } from "#calc/modules/forward.ts";
import type { Tape, ActivationHooks } from "#calc/tape/tape.ts";
import type { Holdings, StepInput } from "./holdings.ts";
import type { ModelLayout } from "#calc/model/layout.ts";
import type { Tuners } from "#calc/modules/loaded-modules.ts";
import type { Objectives } from "#calc/modules/objectives/objective.ts";
import type { Optimizers } from "#calc/optimizers/optimizer.ts";

/** The peak of a scenario at its own batch and length. */
export type PeakOf = (scenario: Scenario) => Bytes;

/** A way of sharing the work: what one of several GPUs, or a GPU that offloads to its host, holds and does. */
export type Strategy = Readonly<{
  holdings: (code: Code, input: StepInput) => Holdings;
  tapeOptions: (code: Code, scenario: Scenario, machine: Machine) => StepOptions;
  hooks: (code: Code, tape: Tape, options: StepOptions) => ModelHooks | null;
  /** Those around a copy of the policy, which ranks share out by itself; null where each has it whole. */
  hooksOfCopy: (tape: Tape, options: StepOptions) => ModelHooks | null;
  divide: (families: Families, asked: AskedDivision, architecture: Architecture) => CheckedDivision;
  /** A scenario for each state of each stage of a pipeline; none without a pipeline, or where the scenario already names a state. */
  states: (scenario: Scenario) => readonly Scenario[];
  /** The scenario in the state in which a stage ends the step. */
  atEnd: (scenario: Scenario) => Scenario;
  /** The scenario of one rank where several divide a model; of stages that differ, the one whose peak is highest. */
  ofRank: (families: Families, scenario: Scenario, peakOf: PeakOf) => Scenario;
}>;

/** Hooks that keep some activations in checkpoints or offload them; null where activations are only kept or recomputed. */
export type MakeActivationHooks = (tape: Tape, options: StepOptions, layout: ModelLayout) => ActivationHooks | null;

/** The code that an engine was created with, as far as the step of one GPU runs it. */
export type Code = Readonly<{
  families: Families;
  optimizers: Optimizers;
  tuners: Tuners;
  objectives: Objectives;
  /** null: activations are only kept or recomputed. */
  activations: MakeActivationHooks | null;
}>;
