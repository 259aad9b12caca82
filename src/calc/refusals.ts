// Reasons why the engine does not estimate a scenario, or PEFT does not run a tuner beside a model.

import { modulesOf } from "./families/model-layout.ts";
import type { ExpertsModule, ModelLayout } from "#calc/model/layout.ts";
import { type AskedAdapters, needsNoStrategy } from "#calc/model/division.ts";
import { tunerOf, type Tuner } from "./modules/loaded-modules.ts";
import { modulePlanner, targetedMatrices } from "./parameters/plan.ts";
import { adaptsAsLinears, targetedExperts } from "./parameters/fused-expert-targets.ts";
import type { Workings } from "./step/workings.ts";
import { canTarget } from "./families/target-modules.ts";
import type { Architecture } from "#calc/model/architecture.ts";
import { type Lora, type ModellingId, type Quantization, type Scenario, SHARDINGS } from "#calc/model/scenario.ts";
import { learnsPrompt, tunerIdOf } from "#calc/model/tuners.ts";
import { countLoraParameters } from "./parameters/counts.ts";
import type { Refusal, RefusalCode } from "#calc/model/memory-estimate.ts";

/** A parameter of fused experts, or of their router, that PEFT wraps: the end of its path ("mlp.experts.gate_up_proj"), and the rank of one expert's adapter. */
export type AdaptedParameter = Readonly<{ path: string; r: number }>;

/** Blocks of experts that have adapters by the plan of a run's parameters, and which of their matrices. Routers are among them. */
const adaptedBlocks = (
  { families, tuners }: Workings,
  { architecture, method, modelling }: AskedAdapters,
): readonly (readonly [ExpertsModule, ReadonlySet<string>])[] => {
  const layout = families.layoutOf(architecture);
  const tunerTensors = tunerOf(tuners, method)?.tensors ?? null;
  // Which adapters there are does not go by how weights are kept.
  const planOf = modulePlanner({ layout, keeping: { method, modelling, weights: "bf16" }, tunerTensors });
  return modulesOf(layout).flatMap(({ module }) =>
    module.kind === "experts" ? [[module, new Set(planOf(module).adapters.map(({ path }) => path))] as const] : [],
  );
};

/** Whether adapters of a run stand beside experts, fused or linears, by the plan of its parameters; one beside their router alone does not. */
export const adaptsExperts = (workings: Workings, asked: AskedAdapters): boolean =>
  adaptedBlocks(workings, asked).some(([{ name }, paths]) => [...paths].some((path) => path.startsWith(`${name}.`)));

/**
 * The parameters beside which a run has adapters, each once: those of fused experts and of their routers. Linears are none of them.
 *
 * @see peft@0.21.2:tuners/lora/layer.py, `ParamWrapper`
 */
export const adaptedParameters = (workings: Workings, asked: AskedAdapters): readonly AdaptedParameter[] => {
  const { method, modelling } = asked;
  if (method.kind === "full") return [];
  const found = new Map<string, AdaptedParameter>();
  for (const [module, paths] of adaptedBlocks(workings, asked)) {
    if (adaptsAsLinears(module, method.lora, modelling)) continue;
    for (const [{ path }, rank] of targetedExperts(module, method.lora, modelling)) {
      if (!paths.has(path)) continue;
      // A router is a module of its own, whose parameter is its weight.
      const isStack = path.startsWith(`${module.name}.`);
      const end = isStack ? path : `${path}.weight`;
      found.set(end, { path: end, r: isStack ? rank / module.num_experts : rank });
    }
  }
  return [...found.values()];
};

/** A tuner, and what it is asked to stand beside. */
export type AskedTuner = Readonly<{
  architecture: Architecture;
  lora: Lora;
  modelling: ModellingId;
  /** How the base is quantised; null where it is not. */
  quantization: Quantization | null;
  /** How many GPUs divide each matrix. */
  tp_size: number;
}>;

/** Modelling code with adapters of its own, or kernels for them, in PEFT's place. */
const HAS_OWN_ADAPTERS: ReadonlySet<ModellingId> = new Set<ModellingId>([
  "litgpt",
  "litgpt-0.4",
  "torchtune",
  "unsloth",
  "unsloth-2025",
  "unsloth-2024",
  "foak-4.48",
  "foak-4.45",
]);

/** Models whose linears are transformers' `Conv1D`. */
const OF_CONV1D: ReadonlySet<string> = new Set(["gpt2"]);

/** Names that mean something in this model, though nothing that the tuner adapts. */
const leftAlone = (layout: ModelLayout, lora: Lora, { tensors }: Tuner): readonly string[] => {
  const { target_modules } = lora;
  if (target_modules === "all-linear") return [];
  return target_modules
    .filter(canTarget(layout))
    .filter(
      (name) => countLoraParameters(layout, { ...lora, target_modules: [name], modules_to_save: [] }, tensors) === 0,
    );
};

/** Why PEFT stops at one of the linears that are named; null where it stops at none. */
const stopsAt = (layout: ModelLayout, lora: Lora, { whyNot }: Tuner): string | null => {
  if (whyNot === undefined) return null;
  for (const matrix of targetedMatrices(layout, lora)) {
    const why = whyNot(matrix);
    if (why !== null) return `is not in PEFT for ${matrix.path}, ${why}`;
  }
  return null;
};

/** Why the library, or PEFT beside such a base, has no such tuner. */
const whyNotThere = (tuner: Tuner, { architecture, modelling, quantization }: AskedTuner): string | null => {
  if (HAS_OWN_ADAPTERS.has(modelling) && !tuner.inLibraries) return "is not in this library, which has LoRA of its own";
  if (quantization !== null && !tuner.bases.includes(quantization.kind))
    return `is not in PEFT for a base of ${quantization.kind}`;
  return OF_CONV1D.has(architecture.model_type) && tuner.leavesConv1D === true
    ? "is not in PEFT for the Conv1D layers of GPT-2"
    : null;
};

/** Whether the model's code reads the ids of tokens besides looking up their embeddings, which is all that a prompt stands before. */
const readsIds = ({ families }: Workings, { architecture, modelling }: AskedTuner): boolean =>
  families.modellingOf(architecture.model_type, modelling).forward.positions !== undefined ||
  architecture.hidden_size_per_layer_input !== undefined;

/** Why it does not stand beside the modules that are named. */
const whyNotBeside = (layout: ModelLayout, lora: Lora, tuner: Tuner): string | null => {
  const stop = stopsAt(layout, lora, tuner);
  if (stop !== null) return stop;
  const names = leftAlone(layout, lora, tuner);
  return names.length === 0 ? null : `has no adapter for ${names.join(", ")}: it adapts linears alone`;
};

/** Why PEFT does not run a tuner beside this model, in words that follow its name; null where it does, or where nobody knows the tuner. */
export const whyNotTuner = (workings: Workings, asked: AskedTuner): string | null => {
  const { families, tuners } = workings;
  const { architecture, lora, tp_size } = asked;
  const tuner = tuners[tunerIdOf({ kind: "lora", lora }) ?? "lora"];
  if (tuner === undefined) return null;
  const why = whyNotThere(tuner, asked);
  if (why !== null) return why;
  if (tp_size > 1 && tuner.divides === null) return "cannot be divided with the matrices that tp divides";
  if (!learnsPrompt(lora)) return whyNotBeside(families.layoutOf(architecture), lora, tuner);
  return readsIds(workings, asked) ? "stands before embeddings, and this model reads the ids of tokens as well" : null;
};

const refusal = (code: RefusalCode, subject: string, sentence: string): Refusal => ({
  refused: true,
  code,
  subject,
  sentence,
});

const ofModel = ({ families }: Workings, { architecture, teacher }: Scenario): Refusal | null => {
  const types = [architecture, ...(teacher ? [teacher.architecture] : [])].map(({ model_type }) => model_type);
  const unknown = types.find((model_type) => !families.canRun(model_type));
  return unknown === undefined
    ? null
    : refusal("unknown-model", unknown, `This engine knows no code that runs a model of type ${unknown}.`);
};

const ofModelling = ({ families }: Workings, { modelling }: Scenario): Refusal | null =>
  families.hasModelling(modelling)
    ? null
    : refusal("unknown-modelling", modelling, `This engine does not know the modelling code of ${modelling}.`);

const ofOptimizer = ({ optimizers }: Workings, { optim }: Scenario): Refusal | null =>
  Object.hasOwn(optimizers, optim)
    ? null
    : refusal("unknown-optimizer", optim, `This engine does not know the optimizer ${optim}.`);

const ofTuner = (workings: Workings, { method, architecture, modelling, division }: Scenario): Refusal | null => {
  const id = tunerIdOf(method);
  if (id === null || method.kind === "full") return null;
  if (!Object.hasOwn(workings.tuners, id))
    return refusal("unknown-tuner", id, `This engine does not know the tuner ${id}.`);
  const why = whyNotTuner(workings, {
    architecture,
    lora: method.lora,
    modelling,
    quantization: method.kind === "qlora" ? method.quantization : null,
    tp_size: division?.tp_size ?? 1,
  });
  return why === null ? null : refusal("unsuited-tuner", id, `The tuner ${id} ${why}.`);
};

const ofObjective = ({ objectives }: Workings, { objective, trainer }: Scenario): Refusal | null => {
  const isKnown =
    trainer === undefined ? Object.hasOwn(objectives, objective) : objectives[objective]?.older?.[trainer];
  if (isKnown) return null;
  const named = trainer === undefined ? objective : `${objective} of ${trainer}`;
  return refusal("unknown-objective", named, `This engine does not know the objective ${named}.`);
};

const ofStrategy = ({ strategy }: Workings, scenario: Scenario): Refusal | null => {
  if (needsNoStrategy(scenario)) return null;
  const { sharding, gpus } = scenario;
  return strategy !== null && SHARDINGS.includes(sharding)
    ? null
    : refusal("unknown-strategy", sharding, `This engine does not know how ${gpus} GPUs share by ${sharding}.`);
};

/** What is done with activations beside keeping them or running whole layers again; null where nothing is. */
const askedOfActivations = (scenario: Scenario): string | null => {
  const { gradient_checkpointing, selective, checkpointsOffloaded, savedTensorsOffloaded } = scenario;
  if (savedTensorsOffloaded) return "saved tensors in host memory";
  if (!gradient_checkpointing) return null;
  if (checkpointsOffloaded) return "checkpoints in host memory";
  return selective === "op" ? "checkpoints by operation" : null;
};

const ofActivations = ({ activations }: Workings, scenario: Scenario): Refusal | null => {
  const asked = askedOfActivations(scenario);
  return asked === null || activations !== null
    ? null
    : refusal("unknown-activations", asked, `This engine does not know ${asked}.`);
};

/** What the flat accounting asks for by name is the model, and whose parameters are trained beside it. */
const OF_ALL = [ofModel, ofModelling, ofOptimizer, ofTuner, ofObjective, ofStrategy, ofActivations] as const;
const OF_FLAT = [ofModel, ofTuner] as const;

/** Why an engine does not estimate a scenario: the first thing that it names and nobody knows; null where all is known. */
export const findRefusal = (workings: Workings, scenario: Scenario): Refusal | null => {
  for (const find of scenario.accounting === "bytes-per-parameter" ? OF_FLAT : OF_ALL) {
    const found = find(workings, scenario);
    if (found !== null) return found;
  }
  return null;
};
