// A step run on the tape: objective and plan, loading of the models, micro steps, passes, backward.

import type { StepOptions } from "#calc/model/step-options.ts";
import {
  type Objective,
  objectiveOf,
  type Batch,
  type CodedModel,
  type Column,
  type Outputs,
  type Running,
} from "#calc/modules/objectives/objective.ts";
import { withPenalties } from "#calc/modules/tuners/penalties.ts";
import { tunerOf, type Tuner } from "#calc/modules/loaded-modules.ts";
import { type Workings, rankHooks, rankHooksOfCopy } from "./workings.ts";
import type { Module, ModelLayout } from "#calc/model/layout.ts";
import type { Method } from "#calc/model/scenario.ts";
import type { ModulePlan, Planned } from "#calc/parameters/plan.ts";
import type { Code } from "./strategy.ts";
import { assert } from "#calc/base/guards.ts";
import { setUpdatesInBackward } from "#calc/tape/autograd.ts";
import { addHooks, createTape, runOtherModel } from "#calc/tape/create-tape.ts";
import { beginBackward, beginMicroStep, beginPass } from "#calc/tape/run-state.ts";
import { type ChainLayer, chainLayers } from "#calc/families/families.ts";
import { virtualTokensOf } from "#calc/model/tuners.ts";
import type { Forward, Model, ModelHooks } from "#calc/modules/forward.ts";
import { isCopy } from "#calc/model/objective.ts";
import { copyMethod } from "./gpu-holdings.ts";
import { isTrlHead } from "#calc/modules/trl-head.ts";
import { backward } from "#calc/tape/backward.ts";
import { enterLayer, endSegment } from "#calc/tape/segments.ts";
import type { Ledger } from "#calc/tape/ledger/ledger.ts";
import { scale } from "#calc/tape/ops/unary.ts";
import { parameter } from "#calc/tape/parameter.ts";
import { bind, scoped } from "#calc/tape/scope.ts";
import { shapeOf } from "#calc/tape/ledger/shape.ts";
import type { Tape, Tensor } from "#calc/tape/tape.ts";
import { load, loadHead, type Loading, startLoading, withGradients, withoutGradients } from "./load.ts";
import { EARLIER_MICRO_STEP, microStepsOf, runsLastMicroStep } from "./program.ts";

/** What a step trains for, with the terms that its tuner adds to the loss. */
export const objectiveOfStep = (
  { objectives, tuners }: Pick<Workings, "objectives" | "tuners">,
  { objective, method, trainer }: StepOptions,
): Objective => {
  const known = objectiveOf(objectives, objective, trainer);
  // Other trainers make their loss themselves, from what a forward returns beside its own.
  return objective === "sft" ? withPenalties(known, tunerOf(tuners, method)) : known;
};

/** The method as the tape runs it: every kind of quantised base as bitsandbytes' 4-bit one. */
const asRun = (method: Method): Method =>
  method.kind !== "qlora" || method.quantization.kind === "bnb-4bit"
    ? method
    : {
        ...method,
        quantization: { kind: "bnb-4bit", bnb_4bit_quant_type: "nf4", bnb_4bit_use_double_quant: false },
      };

/** The input from which the tape's parameters are planned. `tuner`: null where a base has nothing beside it, whatever the method. */
export const plannedStep = (
  { families, tuners }: Pick<Code, "families" | "tuners">,
  { architecture, method, weights, modelling }: StepOptions,
  tuner: Tuner | null = tunerOf(tuners, method),
): Planned => ({
  layout: families.layoutOf(architecture),
  keeping: { method: asRun(method), weights, modelling },
  tunerTensors: tuner?.tensors ?? null,
});

/** Whether any parameter of these modules is trained. */
export const hasTrainedTensors = (planOf: (module: Module) => ModulePlan, modules: readonly Module[]): boolean =>
  modules.some((module) => {
    const { base, adapters, copies } = planOf(module);
    return [...base, ...copies, ...adapters.flatMap(({ tensors }) => tensors)].some(({ trained }) => trained);
  });

/** Ids, labels, and the mask of padded rows or of TRL's collator. */
const usualColumns = ({ padding, method, loss }: StepOptions): readonly Column[] => {
  const shape = shapeOf("b", virtualTokensOf(method) === 0 ? "s" : "own");
  const names = [...(padding !== undefined || isTrlHead(loss) ? ["attention_mask"] : []), "input_ids", "labels"];
  return names.map((name) => ({ name, shape, dtype: "int64" }));
};

/** Loads the batch, which is alive all through the step. */
const loadBatch = (tape: Tape, options: StepOptions, { columns = usualColumns }: Objective): Batch =>
  new Map(
    columns(options).map((column) => [
      column.name,
      parameter(tape, { ...column, term: "activations", trained: false }),
    ]),
  );

/** `_scale` and `_growth_tracker` of the scaler, from its first step on. @see torch/amp/grad_scaler.py, `_lazy_init_scale_growth_tracker` */
const loadScaler = (tape: Tape): void => {
  for (const name of ["_scale", "_growth_tracker"])
    parameter(tape, { name, shape: shapeOf(), dtype: "fp32", term: "workspace", trained: false });
};

/** `scaler.scale(loss)`: another scalar, which waits for the end of backward. @see accelerate 1.15, accelerator.py, `backward` */
const scaled = (loss: Tensor): Tensor => bind(scale(loss));

/** How the modules of a unit are loaded. */
const unitLoading = (loading: Loading, modules: readonly Module[]): Loading =>
  loading.options.ranks?.flatWithAdapters === true && hasTrainedTensors(loading.planOf, modules)
    ? withGradients(loading)
    : loading;

/** A model that is being loaded, by what stands outside its layers and by layer. */
type Loader = Readonly<{ ends: () => Omit<Model, "layers">; layer: (layer: ChainLayer) => Model["layers"][number] }>;

/** What is loaded, with which options; `as`: in another way than they say. */
type ToLoad = Readonly<{ options: StepOptions; run: Run; tuner: Tuner | null; as?: (loading: Loading) => Loading }>;

const loaderOf = (
  workings: Workings,
  tape: Tape,
  { options, run: { layout, forward }, tuner, as = (loading) => loading }: ToLoad,
): Loader => {
  const started = as(startLoading(tape, options, { planned: plannedStep(workings, options, tuner), tuner }));
  return {
    ends: () => {
      const loading = unitLoading(started, [...layout.embeddings, ...layout.final, layout.head.module]);
      const embeddings = load(loading, { kind: "", modules: layout.embeddings });
      const final = load(loading, { kind: "", modules: layout.final, buffers: forward.buffers(options) });
      return { tape, options, embeddings, final, head: loadHead(loading, embeddings), buffers: final.buffers };
    },
    layer: (layer) => {
      const buffers = forward.layerBuffers?.(options, layer.kind) ?? [];
      return load(unitLoading(started, layer.modules), { ...layer, buffers });
    },
  };
};

/**
 * A copy's parameters want gradients, for which nobody asks. Packed ones do not, and neither do those of `create_reference_model`, with which TRL 0.24 makes its copy.
 * A packed copy is loaded by itself in every version, so what stays unpacked in it wants them.
 *
 * @see trl 0.24, models/modeling_base.py
 */
const asCopied = ({ trainer, reference }: StepOptions): ((loading: Loading) => Loading) =>
  trainer === undefined || reference === "copy-4bit" ? withGradients : withoutGradients;

/** How a copy of the policy, as it was before adapters or a packed base, is loaded and run. */
const optionsOfCopy = (options: StepOptions): StepOptions => ({
  ...options,
  method: copyMethod(options),
  gradient_checkpointing: false,
});

/** How a teacher is loaded and run: whole, as it is published, without checkpoints. */
const optionsOfTeacher = (
  options: StepOptions,
  { architecture, weights }: NonNullable<StepOptions["teacher"]>,
): StepOptions => ({
  ...optionsOfCopy(options),
  architecture,
  weights,
});

/** Loads a teacher with all its layers, which belong to none of the model's. */
const loadTeacher = (workings: Workings, tape: Tape, options: StepOptions): CodedModel | null => {
  if (options.teacher === undefined) return null;
  const { families } = workings;
  const ofTeacher = optionsOfTeacher(options, options.teacher);
  const { architecture, modelling } = ofTeacher;
  const { forward } = families.modellingOf(architecture.model_type, modelling);
  const chain = chainLayers(families)(architecture)(forward);
  const run = { forward, layout: families.layoutOf(architecture), chain };
  return runOtherModel(tape, () => {
    const loader = loaderOf(workings, tape, { options: ofTeacher, run, tuner: null });
    return { forward, model: { ...loader.ends(), layers: chain.map(loader.layer) } };
  });
};

/** The hooks of a rank around the policy, and around its copy. */
type HooksOfRank = Readonly<Record<"policy" | "copy", ModelHooks | null>>;

/** A loader whose modules a rank has its hooks around. */
const loaderWith = (tape: Tape, ranks: ModelHooks | null, { ends, layer }: Loader): Loader => {
  const within = <Made>(make: () => Made): Made => {
    addHooks(tape.hooks, { ranks });
    return make();
  };
  return { ends: () => within(ends), layer: (of) => within(() => layer(of)) };
};

/** Loads the model, and beside it its copy or its teacher where the objective has one, layer by layer. */
const loadModels = (
  workings: Workings,
  tape: Tape,
  { options, run, ranks }: Readonly<{ options: StepOptions; run: Run; ranks: HooksOfRank }>,
): Pick<Running, "model" | "copy" | "teacher"> => {
  enterLayer(tape, -1);
  const ofPolicy: ToLoad = { options, run, tuner: tunerOf(workings.tuners, options.method) };
  const ofCopy: ToLoad = { options: optionsOfCopy(options), run, tuner: null, as: asCopied(options) };
  const loaders = [
    loaderWith(tape, ranks.policy, loaderOf(workings, tape, ofPolicy)),
    ...(isCopy(options.reference) ? [loaderWith(tape, ranks.copy, loaderOf(workings, tape, ofCopy))] : []),
  ];
  const ends = loaders.map((loader) => loader.ends());
  const teacher = loadTeacher(workings, tape, options);
  const layers = run.chain.map((layer, index) => {
    enterLayer(tape, index);
    return loaders.map((loader) => loader.layer(layer));
  });
  addHooks(tape.hooks, { ranks: ranks.policy });
  const [model, copy = null] = ends.map((each, which): Model => ({
    ...each,
    layers: layers.map((loaded) => loaded[which] as Model["layers"][number]),
  }));
  assert(model !== undefined, "the policy is loaded");
  return { model, copy, teacher };
};

/** The layers to run on paper, and the code that runs them. */
export type Run = Readonly<{ forward: Forward; layout: ModelLayout; chain: readonly ChainLayer[] }>;

/** Whether micro batches of a stage wait for later stages before the reported ones run. */
const waits = ({ stage }: StepOptions): boolean => stage !== undefined && stage.inFlight > 1;

/** The first micro step that runs: `BEFORE` where LitGPT's loop holds the step before, or where micro batches wait for later stages. */
const firstOf = (options: StepOptions): number => {
  const { loss, stage } = options;
  if (stage !== undefined) return waits(options) ? EARLIER_MICRO_STEP : 0;
  return loss.kind === "litgpt" && !loss.longestFirst ? EARLIER_MICRO_STEP : 0;
};

/** The ledgers of a run: of the card, and of the host memory that activations take. */
export type Traced = Readonly<{ card: Ledger; host: Ledger | null }>;

const tapeFor = (workings: Workings, options: StepOptions, { forward, layout }: Run): Tape => {
  const { withoutDropout = false } = objectiveOfStep(workings, options);
  const tape = createTape(
    { ...options, withoutDropout },
    {
      chunkSize: forward.chunkSize ?? 1,
      keepsGraph: options.loss.kind === "litgpt",
      virtualTokens: virtualTokensOf(options.method),
    },
  );
  addHooks(tape.hooks, { activations: workings.activations?.(tape, options, layout) ?? null });
  return tape;
};

const startMicroStep = (tape: Tape, options: StepOptions, microStep: number): void => {
  const endsStep = microStep === microStepsOf(options) - 1 && runsLastMicroStep(options);
  beginMicroStep(tape.position, { microStep, endsStep });
  // `BEFORE` is a whole step where there is no accumulation: its optimizer's step frees the gradients. With accumulation they are still being summed.
  const hasStepped = microStep === EARLIER_MICRO_STEP && options.gradient_accumulation_steps === 1;
  setUpdatesInBackward(tape.autograd, hasStepped ? 0 : options.updatesInBackward);
};

/** Runs the passes of a micro step; returns the loss. */
const runPasses = ({ passes, loss }: Objective, running: Running, ranks: HooksOfRank): Tensor => {
  const outputs: Outputs[] = [];
  const { position, recorder, hooks } = running.model.tape;
  for (const { id, run, ofReference = false } of passes) {
    beginPass(position, id);
    addHooks(hooks, { ranks: ofReference && running.copy !== null ? ranks.copy : ranks.policy });
    outputs.push(run(running, outputs));
    assert(recorder.ledger.segments.at(-1)?.pass === id, `the pass ${id} enters a layer`);
  }
  addHooks(hooks, { ranks: ranks.policy });
  return loss(outputs, running);
};

/** Runs forward and backward on paper, for as many micro steps as differ. */
export const runOnTape = (workings: Workings, options: StepOptions, run: Run): Tape => {
  const tape = tapeFor(workings, options, run);
  const ranks = { policy: rankHooks(workings, tape, options), copy: rankHooksOfCopy(workings, tape, options) };
  const forward = ranks.policy?.forward?.(run.forward) ?? run.forward;
  const models = loadModels(workings, tape, { options, run, ranks });
  enterLayer(tape, run.chain.length);
  const objective = objectiveOfStep(workings, options);
  const batch = loadBatch(tape, options, objective);
  if (options.scalesLoss) loadScaler(tape);
  for (let microStep = firstOf(options); microStep < microStepsOf(options); microStep++) {
    startMicroStep(tape, options, microStep);
    scoped(tape, () => {
      const loss = runPasses(objective, { forward, ...models, batch }, ranks);
      if (microStep === EARLIER_MICRO_STEP && waits(options)) {
        // A micro batch that waits for later stages has no backward yet: it keeps its activations, and gives up the parameters that it gathered.
        beginBackward(tape.position);
        tape.hooks.ranks?.finish();
        return loss;
      }
      backward(options.scalesLoss ? scaled(loss) : loss);
      return null;
    });
  }
  endSegment(tape.recorder.ledger);
  if (tape.hooks.activations?.host) endSegment(tape.hooks.activations.host);
  return tape;
};

/** Runs forward and backward on paper; returns the ledgers. */
export const trace = (workings: Workings, options: StepOptions, run: Run): Traced => {
  const { recorder, hooks } = runOnTape(workings, options, run);
  return { card: recorder.ledger, host: hooks.activations?.host ?? null };
};
