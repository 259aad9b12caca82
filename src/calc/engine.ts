// Engine made from given code: estimates, refusals, timelines, allocator runs and explanations of a scenario.

import { bytesPerParameterEstimate } from "./accounting/bytes-per-parameter.ts";
import type { Reservation } from "./allocator/reservation.ts";
import type { AllocatorRun } from "./allocator/allocator.ts";
import { assert } from "#calc/base/guards.ts";
import { CUDA, type Machine } from "#calc/base/machine.ts";
import {
  type AdaptedParameter,
  adaptedParameters,
  adaptsExperts,
  findRefusal,
  type AskedTuner,
  whyNotTuner,
} from "./refusals.ts";
import type { AskedAdapters, AskedDivision, CheckedDivision } from "#calc/model/division.ts";
import { explainApproximations } from "./explain/approximations.ts";
import type { ConfigFacts, Architecture } from "#calc/model/architecture.ts";
import { createFamilies } from "./families/families.ts";
import { knownFact, type Family, type OtherModellings } from "./families/family.ts";
import { canSave, canTarget, linearModuleNames, targetModules, fusedNames } from "./families/target-modules.ts";
import { isFlat, asksFreeMemory } from "#calc/model/scenario-traits.ts";
import type { AliveTensors, TimelinePoint } from "#calc/model/timeline.ts";
import type { ModelLayout, TargetPreset } from "#calc/model/layout.ts";
import type { MemoryEstimate, Moment, Refusal, StagePeak } from "#calc/model/memory-estimate.ts";
import type { Lora, ModellingId, OptimizerId, Scenario } from "#calc/model/scenario.ts";
import type { Objectives } from "./modules/objectives/objective.ts";
import { tunerOf, type Tuners } from "./modules/loaded-modules.ts";
import { optimizerOf, type Optimizers, stateBytesPerParameter } from "./optimizers/optimizer.ts";
import { stagePeaks } from "./parallel/pipeline-stages.ts";
import {
  countFusedExperts,
  countLinearParameters,
  countLoraParameters,
  countParameters,
  type FusedExperts,
} from "./parameters/counts.ts";
import { type WholeTargets, wholeTargets } from "./parameters/lora-target-names.ts";
import type { MakeActivationHooks, Strategy } from "./step/strategy.ts";
import { settledScenario, scenarioAsTrained } from "./step/settled-scenario.ts";
import { createWorkings } from "./step/create-workings.ts";
import { estimateStep } from "./step/estimate-step.ts";
import { type AnsweredScenario, type ExplainedStep, explainedStep } from "./step/explained-step.ts";
import { explainPeak } from "./step/alive-tensors.ts";
import { isRunnable, simulateStep, type StepFrame, stepFrame, stepTimeline } from "./step/step-timeline.ts";
import { allocatorAnswers } from "./step/allocator-answers.ts";
import { scenarioOfRank, type PeakFunction, type Workings } from "./step/workings.ts";

/** All that an engine can do, made elsewhere and handed to it. */
export type Knowledge = Readonly<{
  /** Families; that of the type `unknown` runs every type that nobody knows. */
  families: readonly Family[];
  /** Modelling code beside that of transformers 5. */
  modellings: OtherModellings;
  optimizers: Optimizers;
  /** How several GPUs, or a GPU and its host, share the work; null: every scenario of more than one GPU is refused. */
  strategies: Strategy | null;
  /** What is done with activations beside keeping them or making them again; null: every scenario that asks for it is refused. */
  activations: MakeActivationHooks | null;
  tuners: Tuners;
  objectives: Objectives;
}>;

/** What a scenario is asked of: pure, deterministic, and of what the engine was made with alone. */
export type Engine = Readonly<{
  /**
   * GPU memory of one fine-tuning run, on each GPU: what PyTorch allocates at the highest moment of its second step (`step/estimate-step.ts`), or by the
   * flat rule (`accounting/`), and what that takes on the card. The same scenario gives the same bytes; one that names what nobody knows is refused.
   *
   * @param machine where the step runs; a CUDA device unless the engine is held against PyTorch on fake tensors.
   * @throws Error when a count in the scenario is not a whole positive number, or its architecture makes no model (`isRunnable`): parsing has to see to that.
   */
  estimate: (scenario: Scenario, machine?: Machine) => MemoryEstimate | Refusal;
  /** `estimate(scenario).peakBytes` as a function of batch and length alone, for searches that ask at dozens of points. Throws where that refuses. */
  peakFunction: (scenario: Scenario, machine?: Machine) => PeakFunction;

  /** Whether a model type has code of its own here; every other runs as a Llama of its fields. */
  isKnown: (model_type: string) => boolean;
  /** A model type as people write it in a sentence; null for one that nobody knows. */
  nameOf: (model_type: string) => string | null;
  /** Whether the modelling code of its type can run an architecture that was read field by field. */
  isRunnable: (architecture: Architecture) => boolean;
  /** The architecture with a library's own modules, where it has model code of its own for the type. */
  modelled: (architecture: Architecture, id?: ModellingId) => Architecture;
  /** Whether the code of a model type runs checkpoints as `use_reentrant=True`. */
  isReentrant: (model_type: string, id?: ModellingId) => boolean;
  /** Why transformers has no SDPA for a model type; null where it has. */
  withoutSdpa: (model_type: string) => string | null;
  /** Whether Liger's kernels are known for a model type. */
  hasLiger: (model_type: string) => boolean;
  /** What a config.json of a model type need not say; null where nothing is known. */
  configFacts: (model_type: string) => ConfigFacts | null;
  layoutOf: (architecture: Architecture) => ModelLayout;
  /** Parameters of the base model; weights that bitsandbytes quantises; parameters that LoRA, or the tuner in its place, trains. */
  countParameters: (architecture: Architecture) => number;
  countLinearParameters: (architecture: Architecture) => number;
  /** Fused experts, which bitsandbytes by itself does not quantise. */
  fusedExperts: (architecture: Architecture) => FusedExperts;
  /** The parameters of fused experts, and of their routers, that a run has adapters beside. */
  adaptedParameters: (asked: AskedAdapters) => readonly AdaptedParameter[];
  /** Names in `target_modules` that PEFT takes for fused experts. */
  fusedNames: (architecture: Architecture) => ReadonlySet<string>;
  countLoraParameters: (architecture: Architecture, lora: Lora) => number;
  /** Why PEFT does not run a tuner beside a model, in words that follow its name; null where it does. */
  whyNotTuner: (asked: AskedTuner) => string | null;
  targetModules: (architecture: Architecture, preset: TargetPreset) => readonly string[] | "all-linear" | null;
  linearModuleNames: (architecture: Architecture) => readonly string[];
  /** Names of `target_modules` as a library can run them, and why; null where it can run those that are asked for. */
  wholeTargets: (asked: AskedAdapters) => WholeTargets | null;
  /** Whether `target_modules`, or `modules_to_save`, may hold a name for this model. */
  canTarget: (architecture: Architecture) => (name: string) => boolean;
  canSave: (architecture: Architecture) => (name: string) => boolean;
  /** Bytes of all optimizer states for one trained parameter of a large matrix, from those of an element of one state. */
  stateBytesPerParameter: (optim: OptimizerId, stateBytes: number) => number;

  /** How several GPUs divide a model that they are asked to divide. */
  dividedBy: (asked: AskedDivision, architecture: Architecture) => CheckedDivision;
  /** What one of several GPUs runs of a model that they divide; the scenario itself elsewhere. */
  scenarioOfRank: (scenario: Scenario) => Scenario;
  /** What each stage of a pipeline holds at its peak; empty where there is no pipeline. */
  stagePeaks: (scenario: Scenario) => readonly StagePeak[];

  /** The step behind an estimate, to be explained; null where no step is run. */
  explainedStep: (answered: AnsweredScenario, machine?: Machine) => ExplainedStep | null;
  /** The second step of one GPU moment by moment as the tape has it, which knows no formats but those that it computes in: what is held against PyTorch. */
  simulate: (scenario: Scenario, machine?: Machine) => readonly Moment[];
  /**
   * A run as PyTorch's allocator of one GPU sees it, to be replayed: the model is loaded, steps follow. null where that is not known: under the flat accounting,
   * of formats that the tape does not compute in, with DeepSpeed, of a model that is divided, with parts in host memory.
   */
  allocatorRun: (scenario: Scenario, machine?: Machine) => AllocatorRun | null;
  /** What PyTorch's allocator holds for that run; null also for steps too long to wait for. */
  reservation: (scenario: Scenario) => Reservation | null;
  /** What that allocator holds at each point of the step, while there is room; null where `reservation` gives none. */
  reservedAlong: (step: ExplainedStep, points: readonly TimelinePoint[]) => readonly number[] | null;
  /** How many layers it has, and which micro batch of it is told. */
  stepFrame: (step: ExplainedStep) => StepFrame;
  /** The step point by point. */
  timeline: (step: ExplainedStep) => readonly TimelinePoint[];
  /** Every tensor that is alive at a point of the step. */
  explainPeak: (step: ExplainedStep, point: TimelinePoint) => readonly AliveTensors[];
  /** What is not exact in the estimate of a scenario, in words. */
  approximations: (scenario: Scenario) => readonly string[];
  /** Runs a part that is fetched apart (`whole-run.ts`) with the insides of this engine: the code that it knows, and its caches. */
  within: <Result>(part: (workings: Workings) => Result) => Result;
}>;

const checkCounts = ({ micro_batch_size, sequence_length, gradient_accumulation_steps, gpus }: Scenario): void => {
  for (const count of [micro_batch_size, sequence_length, gradient_accumulation_steps, gpus])
    assert(Number.isSafeInteger(count) && count > 0, "batch, sequence, accumulation and GPUs are whole and positive");
};

const answers = (workings: Workings): Pick<Engine, "estimate" | "peakFunction" | "stagePeaks"> => {
  const peakFunction: Engine["peakFunction"] = (scenario, machine = CUDA) => {
    if (isFlat(scenario)) {
      const { peakBytes } = bytesPerParameterEstimate(workings, scenario);
      return () => peakBytes;
    }
    if (!asksFreeMemory(scenario.loss)) return workings.peakFunction(scenarioAsTrained(scenario), machine);
    return (batch) => workings.peakFunction(settledScenario(workings, scenario, { ...batch, machine }), machine)(batch);
  };
  return {
    estimate: (scenario, machine = CUDA) => {
      checkCounts(scenario);
      const refusal = findRefusal(workings, scenario);
      if (refusal !== null) return refusal;
      return isFlat(scenario)
        ? bytesPerParameterEstimate(workings, scenario)
        : estimateStep(workings, settledScenario(workings, scenario, { ...scenario, machine }), machine);
    },
    peakFunction,
    stagePeaks: (scenario) => stagePeaks(scenario, (each) => peakFunction(each)(each)),
  };
};

const ofModels = ({
  families,
  tuners,
}: Workings): Pick<
  Engine,
  | "isKnown"
  | "nameOf"
  | "modelled"
  | "isReentrant"
  | "withoutSdpa"
  | "hasLiger"
  | "configFacts"
  | "layoutOf"
  | "countParameters"
  | "countLinearParameters"
  | "fusedExperts"
  | "fusedNames"
  | "countLoraParameters"
  | "targetModules"
  | "linearModuleNames"
  | "canTarget"
  | "canSave"
> => {
  const { isKnown, findModelType, modelled, modellingOf, layoutOf } = families;
  return {
    isKnown,
    nameOf: (model_type) => findModelType(model_type)?.name ?? null,
    modelled,
    isReentrant: (model_type, id) => modellingOf(model_type, id).forward.checkpoint !== undefined,
    withoutSdpa: (model_type) => findModelType(model_type)?.withoutSdpa ?? null,
    hasLiger: (model_type) => knownFact(findModelType(model_type)?.liger) === true,
    configFacts: (model_type) => knownFact(findModelType(model_type)?.config) ?? null,
    layoutOf,
    countParameters: (architecture) => countParameters(layoutOf(architecture)),
    countLinearParameters: (architecture) => countLinearParameters(layoutOf(architecture)),
    fusedExperts: (architecture) => countFusedExperts(layoutOf(architecture)),
    fusedNames: (architecture) => fusedNames(layoutOf(architecture)),
    countLoraParameters: (architecture, lora) =>
      countLoraParameters(layoutOf(architecture), lora, tunerOf(tuners, { kind: "lora", lora })?.tensors ?? null),
    targetModules: (architecture, preset) => targetModules(families, architecture, preset),
    linearModuleNames: (architecture) => linearModuleNames(families, architecture),
    canTarget: (architecture) => canTarget(layoutOf(architecture)),
    canSave: (architecture) => canSave(layoutOf(architecture)),
  };
};

/**
 * An engine that knows what it is handed, and nothing else: nothing registers itself. What it remembers (layouts, compiled steps, peaks) is its own and goes
 * with it, so that two engines share nothing.
 */
export const createEngine = (knowledge: Knowledge): Engine => {
  const { optimizers, tuners, objectives, activations, strategies } = knowledge;
  const families = createFamilies(knowledge.families, knowledge.modellings);
  const workings = createWorkings({ families, optimizers, tuners, objectives, activations }, strategies);
  return {
    ...answers(workings),
    ...ofModels(workings),
    isRunnable: (architecture) => isRunnable(workings, architecture),
    stateBytesPerParameter: (optim, stateBytes) => stateBytesPerParameter(optimizerOf(optimizers, optim), stateBytes),
    dividedBy: (asked, architecture) => strategies?.divide(families, asked, architecture) ?? { refused: [] },
    scenarioOfRank: (scenario) => scenarioOfRank(workings, scenarioAsTrained(scenario)),
    simulate: (scenario, machine = CUDA) =>
      simulateStep(workings, settledScenario(workings, scenario, { ...scenario, machine }), machine),
    explainedStep: ({ scenario, estimate }, machine = CUDA) =>
      explainedStep(
        workings,
        { scenario: settledScenario(workings, scenario, { ...scenario, machine }), estimate },
        machine,
      ),
    ...allocatorAnswers(workings),
    adaptedParameters: (asked) => adaptedParameters(workings, asked),
    wholeTargets: ({ architecture, method, modelling }) =>
      method.kind === "full" ? null : wholeTargets(families.layoutOf(architecture), method.lora, modelling),
    whyNotTuner: (asked) => whyNotTuner(workings, asked),
    stepFrame,
    timeline: stepTimeline,
    explainPeak: (step, point) => explainPeak(workings, step, point),
    within: (part) => part(workings),
    approximations: (scenario) =>
      explainApproximations({ families, adaptsExperts: (asked) => adaptsExperts(workings, asked) }, scenario),
  };
};
