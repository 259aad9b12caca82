// Parameter plan of a run: every base, adapter and copied tensor, its format, and whether it is trained.

import { boundedCache, onceForEach } from "#calc/base/caches.ts";
import { fusedNames } from "#calc/families/target-modules.ts";
import { lastPart, namesModule, modulesOf } from "#calc/families/model-layout.ts";
import {
  expertAdaptersOf,
  learnsPrompt,
  type Matrix,
  type TunerTensor,
  type TunerTensors,
} from "#calc/model/tuners.ts";
import type { ExpertsModule, Module, ModelLayout } from "#calc/model/layout.ts";
import type { Lora } from "#calc/model/scenario.ts";
import { targetedExperts } from "./fused-expert-targets.ts";
import { moduleTensors, type ModuleTensor, tensorGroup, type PlannedTensor } from "./parameter-tensors.ts";
import {
  formatOf,
  type Keeping,
  type KeepingAdapters,
  quantizationOf,
  adapterFormat,
  sharedFormat,
} from "./storage-formats.ts";

/** What a tuner puts beside one parameter of a module: beside the weight of a linear, or beside one of several parameters of fused experts. */
export type PlannedAdapter = Readonly<{ path: string; tensors: readonly PlannedTensor[] }>;

/** The parameters of one module, each once. */
export type ModulePlan = Readonly<{
  /** The model's own; a tied head's weight is the embedding's and is not listed again. */
  base: readonly PlannedTensor[];
  adapters: readonly PlannedAdapter[];
  /** Whole copies that are trained in the place of the module's tensors: of all of them, or none. */
  copies: readonly PlannedTensor[];
}>;

/** All parameters of a run, in the order of the forward pass. */
export type ParameterPlan = Readonly<{
  /** The model's own, and what of adapters is frozen with it. */
  base: readonly PlannedTensor[];
  /** What is trained beside a frozen base: adapters, and copies of `modules_to_save`. */
  adapters: readonly PlannedTensor[];
  /** What all adapters share, trained or not; what is trained of it stands among `adapters` as well. */
  shared: readonly PlannedTensor[];
}>;

/** The model, how its parameters are kept, and what its tuner puts beside matrices; null where the model itself is trained. */
export type Planned = Readonly<{ layout: ModelLayout; keeping: Keeping; tunerTensors: TunerTensors | null }>;

/** How a run keeps a tensor. */
type Kept = Pick<PlannedTensor, "origin" | "trained" | "format" | "quantization">;

/** A tensor of one module, as if it stood outside the layers. Written out: spreads of objects are what a plan would cost. */
const plannedTensor = (tensor: ModuleTensor, { origin, trained, format, quantization }: Kept): PlannedTensor => {
  const { name, shape, elements, role, kept } = tensorGroup(tensor, 1, null);
  const group = { name, shape, elements, count: 1, role, layerKind: null, origin, trained, format, quantization };
  return kept === undefined ? group : { ...group, kept };
};

const baseTensor = (tensor: ModuleTensor, keeping: Keeping): PlannedTensor =>
  plannedTensor(tensor, {
    origin: "base",
    trained: keeping.method.kind === "full",
    format: formatOf(tensor, keeping),
    quantization: quantizationOf(tensor, keeping),
  });

/** A copy is what it copies, but for being trained, and kept as it is: PEFT casts adapters alone. */
const copyOf = (tensor: ModuleTensor, keeping: Keeping): PlannedTensor =>
  plannedTensor(tensor, { origin: "copy", trained: true, format: formatOf(tensor, keeping), quantization: null });

const adapterTensor = (
  path: string,
  { name, shape, shared, frozen = false }: TunerTensor,
  keeping: KeepingAdapters,
): PlannedTensor =>
  plannedTensor(
    { name: shared === undefined ? `${path}.${name}` : name, shape, role: "adapter" },
    {
      origin: shared === undefined ? "adapter" : "shared",
      trained: shared !== "frozen" && !frozen,
      format: shared === "frozen" ? sharedFormat(keeping) : adapterFormat(keeping.method),
      quantization: null,
    },
  );

/** The same tensor where it stands in the model. */
const placed = (tensor: PlannedTensor, count: number, layerKind: string | null): PlannedTensor => {
  const { name, shape, elements, role, kept, origin, trained, format, quantization } = tensor;
  const group = { name, shape, elements, count, role, layerKind, origin, trained, format, quantization };
  const named = tensor.withoutGradient ? { ...group, withoutGradient: tensor.withoutGradient } : group;
  return kept === undefined ? named : { ...named, kept };
};

/** PEFT wraps every module whose path ends in one of the names. @see peft/utils/other.py, `_set_trainable` */
const isSaved = ({ name }: Module, { modules_to_save }: Lora): boolean =>
  modules_to_save.some((saved) => name.endsWith(saved));

/**
 * Whether LoraConfig's `target_modules` chooses a module; the head when a list names it, never by `all-linear`. A prompt stands beside the embedding of
 * tokens, which is the first.
 */
const isTargeted = (module: Module, lora: Lora, { head, embeddings }: ModelLayout): boolean => {
  if (learnsPrompt(lora)) return module === embeddings[0];
  const { target_modules } = lora;
  return target_modules === "all-linear"
    ? module.kind === "linear" && module !== head.module
    : target_modules.some((target) => namesModule(target, module.name));
};

const matrixOf = (module: Exclude<Module, ExpertsModule>): Matrix | null => {
  switch (module.kind) {
    case "linear": {
      const { in_features, out_features } = module;
      return { kind: "linear", path: module.name, in_features, out_features };
    }
    case "embedding": {
      const { num_embeddings, embedding_dim } = module;
      return { kind: "embedding", path: module.name, in_features: num_embeddings, out_features: embedding_dim };
    }
    case "other":
      return null;
    default:
      return module satisfies never;
  }
};

/** The linears and embeddings that a config names. */
export const targetedMatrices = (layout: ModelLayout, lora: Lora): readonly Matrix[] =>
  [...modulesOf(layout).map(({ module }) => module), layout.head.module].flatMap((module) => {
    const matrix = module.kind === "experts" ? null : matrixOf(module);
    return matrix !== null && isTargeted(module, lora, layout) ? [matrix] : [];
  });

/** Names that fused experts take away from linears, where PEFT translates them, and the tuner adapts such experts. */
const takenNames = (
  { layout, keeping: { modelling } }: Planned,
  tensorsOf: TunerTensors,
  lora: Lora,
): ReadonlySet<string> => {
  const experts: Matrix = { kind: "experts", path: "", in_features: 1, out_features: 1 };
  const isAsked = expertAdaptersOf(modelling) === "peft" && lora.target_parameters?.length !== 0;
  const isTaken = isAsked && tensorsOf(experts, lora, null).length > 0;
  return isTaken ? fusedNames(layout) : new Set();
};

/** The matrices of a module that the tuner is asked about, each with its rank. */
type MatricesOf = (module: Module) => readonly (readonly [Matrix, number])[];

const targetsOf = (planned: Planned, tensorsOf: TunerTensors, lora: Lora): MatricesOf => {
  const { layout, keeping } = planned;
  const taken = takenNames(planned, tensorsOf, lora);
  return (module) => {
    if (module.kind === "experts") return targetedExperts(module, lora, keeping.modelling);
    const matrix = matrixOf(module);
    const isChosen = isTargeted(module, lora, layout) && !taken.has(lastPart(module.name));
    return matrix !== null && isChosen ? [[matrix, lora.r]] : [];
  };
};

/** Plans kept in all: twice as many would be found again no more often while sliders move. */
const MOST_KEPT = 64;

/** What a plan follows from besides the layout, which is that of one engine and so of its tuners. */
const keyOf = ({ keeping: { method, weights, modelling } }: Planned): string =>
  JSON.stringify([method, weights, modelling]);

const planners = boundedCache<ModelLayout, (module: Module) => ModulePlan>(MOST_KEPT);

/**
 * Plans one module after the other of a run: which of its tensors are trained, what stands beside them, and how each is kept. Remembered: layers share
 * their modules, and a slider of batch or length plans nothing.
 */
export const modulePlanner = (planned: Planned): ((module: Module) => ModulePlan) =>
  planners(planned.layout, keyOf(planned), () => onceForEach(plannerOf(planned)));

const plannerOf = (planned: Planned): ((module: Module) => ModulePlan) => {
  const { layout, keeping, tunerTensors } = planned;
  const { method } = keeping;
  const { module: head, tied } = layout.head;
  const baseOf = (module: Module): readonly PlannedTensor[] =>
    moduleTensors(module)
      .filter(({ role }) => !tied || module !== head || role !== "head")
      .map((tensor) => baseTensor(tensor, keeping));
  if (method.kind === "full" || tunerTensors === null)
    return (module) => ({ base: baseOf(module), adapters: [], copies: [] });
  const { lora } = method;
  const adapting = { ...keeping, method };
  const targets = targetsOf(planned, tunerTensors, lora);
  const adaptersOf = (module: Module, [own]: readonly PlannedTensor[]): readonly PlannedAdapter[] =>
    targets(module).flatMap(([matrix, r]) => {
      // A tied head has no tensor of its own, and is never quantised.
      const kept = own === undefined ? keeping.weights : own.format;
      const isQuantized = (own?.quantization ?? null) !== null;
      const tensors = tunerTensors(matrix, { ...lora, r }, isQuantized ? null : kept).map((each) =>
        adapterTensor(matrix.path, each, adapting),
      );
      const isPassedBy = module.kind === "linear" && module.weightAlone === true && !isQuantized;
      const planned = isPassedBy ? tensors.map((each) => ({ ...each, withoutGradient: true as const })) : tensors;
      return planned.length === 0 ? [] : [{ path: matrix.path, tensors: planned }];
    });
  return (module) => {
    const base = baseOf(module);
    return isSaved(module, lora)
      ? { base, adapters: [], copies: moduleTensors(module).map((tensor) => copyOf(tensor, keeping)) }
      : { base, adapters: adaptersOf(module, base), copies: [] };
  };
};

/** Each tensor that adapters share once, as large in each dimension as the largest of them needs. */
const largest = (tensors: readonly PlannedTensor[]): readonly PlannedTensor[] => {
  const found = new Map<string, PlannedTensor>();
  for (const tensor of tensors) {
    const other = found.get(tensor.name)?.shape ?? [];
    const shape = tensor.shape.map((size, dimension) => Math.max(size, other[dimension] ?? 0));
    const elements = shape.reduce((product, size) => product * size, 1);
    found.set(tensor.name, { ...tensor, shape, elements, count: 1, layerKind: null });
  }
  return [...found.values()];
};

const isShared = ({ origin }: PlannedTensor): boolean => origin === "shared";

/** Whether it is an adapter's that nobody trains, which stands with the frozen base. */
const isFrozen = ({ origin, trained }: PlannedTensor): boolean => origin === "adapter" && !trained;

/**
 * Every parameter of a run, with what stands beside it: what it is kept in after preparation, whether it is trained, and how often it occurs. Adapters
 * have the tuner's names; whole copies of `modules_to_save` keep their role.
 *
 * @see PEFT 0.21: tuners/tuners_utils.py, utils/transformers_weight_conversion.py
 */
export const planParameters = (planned: Planned): ParameterPlan =>
  plans(planned.layout, keyOf(planned), () => planOf(planned));

const plans = boundedCache<ModelLayout, ParameterPlan>(MOST_KEPT);

const planOf = (planned: Planned): ParameterPlan => {
  const { layout } = planned;
  const planModule = modulePlanner(planned);
  const modules = [...modulesOf(layout), { module: layout.head.module, count: 1, layerKind: null }];
  const plans = modules.map(({ module, count, layerKind }) => {
    const { base, adapters, copies } = planModule(module);
    const beside = [...copies, ...adapters.flatMap(({ tensors }) => tensors)];
    const here = (tensor: PlannedTensor): PlannedTensor => placed(tensor, count, layerKind);
    return { base: base.map(here), beside: beside.map(here) };
  });
  const beside = plans.flatMap((plan) => plan.beside);
  const shared = largest(beside.filter(isShared));
  return {
    base: plans.flatMap(({ base, beside: own }) => [...base, ...own.filter(isFrozen)]),
    adapters: [
      ...beside.filter((tensor) => !isShared(tensor) && !isFrozen(tensor)),
      ...shared.filter(({ trained }) => trained),
    ],
    shared,
  };
};
