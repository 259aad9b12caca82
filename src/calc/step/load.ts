// Loading of modules onto the tape: weights, packed weights, adapters, trained copies, buffers.

import { assert } from "#calc/base/guards.ts";
import type { ChainLayer } from "#calc/families/families.ts";
import type { LinearModule, ModelLayout, Module } from "#calc/model/layout.ts";
import type { StepOptions } from "#calc/model/step-options.ts";
import type { Quantization } from "#calc/model/scenario.ts";
import { virtualTokensOf } from "#calc/model/tuners.ts";
import type { Buffer } from "#calc/modules/forward.ts";
import type { Adapter, Loaded, LoadedLinear, PackedExperts, Tuner } from "#calc/modules/loaded-modules.ts";
import {
  type ModulePlan,
  modulePlanner,
  type Planned,
  type PlannedAdapter,
  planParameters,
} from "#calc/parameters/plan.ts";
import type { PlannedTensor } from "#calc/parameters/parameter-tensors.ts";
import {
  BNB_4BIT_BLOCK_WEIGHTS,
  bnb4bitExpertsTensors,
  bnb4bitTensors,
  type PackedTensor,
} from "#calc/parameters/weight-bytes.ts";
import { noteLayerLikeness } from "#calc/tape/run-state.ts";
import { parameter } from "#calc/tape/parameter.ts";
import { shapeOf } from "#calc/tape/ledger/shape.ts";
import type { Tape, Tensor } from "#calc/tape/tape.ts";
import { elementOf } from "./step-options.ts";

/** The name under which buffers are kept. */
export const BUFFER = "buffer";

/** A model that is being loaded: onto which tape, by which plan, with which tensors that all adapters share. */
export type Loading = Readonly<{
  tape: Tape;
  options: StepOptions;
  layout: ModelLayout;
  planOf: (module: Module) => ModulePlan;
  tuner: Tuner | null;
  shared: ReadonlyMap<string, Tensor>;
}>;

const withTrained =
  (trained: boolean) =>
  (loading: Loading): Loading => ({
    ...loading,
    planOf: (module) => {
      const plan = loading.planOf(module);
      return { ...plan, base: plan.base.map((tensor) => ({ ...tensor, trained })) };
    },
  });

/** Loads modules whose base parameters have gradients too, as parts of a flat parameter with adapters have. */
export const withGradients = withTrained(true);

/** Loads a model that is frozen. */
export const withoutGradients = withTrained(false);

/** Creates a tensor of the plan. `called`: its name on the tape, where that is another. */
const create = (tape: Tape, { name, shape, format, origin, trained }: PlannedTensor, called = name): Tensor =>
  parameter(tape, {
    name: called,
    shape: shapeOf(...shape),
    dtype: elementOf(format),
    term: origin === "base" || (origin === "shared" && !trained) ? "weights" : "adapters",
    trained,
  });

/** Starts with what all adapters share: buffers (VeRA's projections), parameters (VB-LoRA's bank). */
export const startLoading = (
  tape: Tape,
  options: StepOptions,
  { planned, tuner }: Readonly<{ planned: Planned; tuner: Tuner | null }>,
): Loading => {
  const { shared } = planParameters(planned);
  // Its gradient is summed from layer to layer: they do not stand for one another.
  noteLayerLikeness(tape.layers, !shared.some(({ trained }) => trained));
  return {
    tape,
    options,
    layout: planned.layout,
    tuner,
    planOf: modulePlanner(planned),
    shared: new Map(shared.map((tensor) => [tensor.name, create(tape, tensor, tensor.trained ? tensor.name : BUFFER)])),
  };
};

/** Creates a trained copy (`modules_to_save`): in the adapters' type, or in the plan's own where that type is fp32. */
const createCopy = ({ tape, options: { adapters } }: Loading, copy: PlannedTensor): Tensor =>
  create(tape, adapters === "fp32" ? copy : { ...copy, format: adapters }, `${copy.name} (trained copy)`);

const loadAdapter = ({ tape, options, tuner, shared }: Loading, { path, tensors }: PlannedAdapter): Adapter => {
  assert(tuner !== null, "an adapter is some tuner's");
  const { method } = options;
  const loadOne = (tensor: PlannedTensor): readonly [string, Tensor] => {
    const { name } = tensor;
    const known = shared.get(name);
    return known === undefined
      ? [name.slice(path.length + 1), create(tape, tensor, name.replace(/\.weight$/, ""))]
      : [name, known];
  };
  return {
    tensors: new Map(tensors.map(loadOne)),
    dropout: method.kind === "full" ? 0 : method.lora.lora_dropout,
    tuner,
  };
};

const isNested = (quantization: Quantization): boolean =>
  quantization.kind === "bnb-4bit" && quantization.bnb_4bit_use_double_quant;

/** Creates a packed weight and what it is unpacked with; returns the weight. */
const createPacked = (tape: Tape, module: string, tensors: readonly PackedTensor[]): Tensor => {
  const [packed] = tensors.map((tensor) => {
    const shape = tensor.name === "weight" ? shapeOf(tensor.elements, 1) : shapeOf(tensor.elements);
    return parameter(tape, {
      name: `${module}.${tensor.name}`,
      shape,
      dtype: tensor.dtype,
      term: "weights",
      trained: false,
    });
  });
  assert(packed !== undefined, "a packed weight has a weight");
  return packed;
};

/** Creates the packed weight of a linear and its scales; returns the weight. */
const loadPacked = (tape: Tape, { name, elements }: PlannedTensor, quantization: Quantization): Tensor =>
  createPacked(tape, name.replace(/\.weight$/, ""), bnb4bitTensors(elements, isNested(quantization)));

/** Creates fused experts, whatever they are packed in, as bitsandbytes packs 4 bits. */
const loadExperts = (
  tape: Tape,
  { name, elements, shape }: PlannedTensor,
  quantization: Quantization,
): readonly [Tensor, PackedExperts] => {
  const nested = isNested(quantization);
  return [
    createPacked(tape, name, bnb4bitExpertsTensors(elements, nested)),
    { shape: shapeOf(...shape), statistics: nested ? elements / BNB_4BIT_BLOCK_WEIGHTS : 0 },
  ];
};

const isBias = ({ role }: PlannedTensor): boolean => role === "bias";

/** The weight and the bias among a linear's tensors. */
const weightAndBias = (
  tensors: readonly PlannedTensor[],
): Readonly<Record<"weight" | "bias", PlannedTensor | null>> => ({
  weight: tensors.find((tensor) => !isBias(tensor)) ?? null,
  bias: tensors.find(isBias) ?? null,
});

/** Puts a trained copy in the place of the loaded weight and bias, where the plan has one. */
const withCopies = (loading: Loading, linear: LoadedLinear, copies: readonly PlannedTensor[]): LoadedLinear => {
  const { weight, bias } = weightAndBias(copies);
  if (weight === null) return linear;
  return {
    ...linear,
    weight: createCopy(loading, weight),
    bias: bias && createCopy(loading, bias),
    dequantized: null,
    copied: true,
  };
};

/** Creates the buffers of a tuner's module around a linear. */
const loadTunerBuffers = ({ tape, options: { method }, tuner }: Loading, module: LinearModule): void => {
  if (method.kind !== "full") loadBuffers(tape, tuner?.buffers?.(module, method.lora) ?? []);
};

/** Creates a linear's parameters, packed where they are quantised. `tied`: the weight of another module that it shares. */
const loadLinear = (loading: Loading, module: LinearModule, tied: Tensor | null = null): LoadedLinear => {
  const { tape } = loading;
  const { base, adapters, copies } = loading.planOf(module);
  const { weight: planned, bias } = weightAndBias(base);
  const quantization = planned?.quantization ?? null;
  const [adapter] = adapters;
  const loadWeight = (): Tensor => {
    assert(planned !== null, "a weight that is not tied is the module's own");
    return quantization === null ? create(tape, planned) : loadPacked(tape, planned, quantization);
  };
  const linear: LoadedLinear = {
    name: module.name,
    weight: tied ?? loadWeight(),
    bias: bias && create(tape, bias),
    dequantized: quantization === null ? null : shapeOf(module.out_features, module.in_features),
    adapter: adapter === undefined ? null : loadAdapter(loading, adapter),
  };
  if (linear.adapter !== null) loadTunerBuffers(loading, module);
  return withCopies(loading, linear, copies);
};

/** Creates the output head. A tied head shares the first embedding's original weight, not its trained copy. */
export const loadHead = (loading: Loading, embeddings: Loaded): LoadedLinear => {
  const { module, tied } = loading.layout.head;
  return loadLinear(loading, module, tied ? (embeddings.originals[0] ?? null) : null);
};

/** Creates buffers, which are neither trained nor quantised. */
const loadBuffers = (tape: Tape, buffers: readonly Buffer[]): readonly Tensor[] =>
  buffers.map(({ elements, dtype }) =>
    parameter(tape, { name: BUFFER, shape: shapeOf(elements), dtype, term: "weights", trained: false }),
  );

/** Modules to create, and the buffers beside them. */
export type LoadRequest = ChainLayer & Readonly<{ buffers?: readonly Buffer[] }>;

/** Creates the parameters of some modules. Adapters of embeddings are counted elsewhere, but not run, other than a prompt. */
export const load = (loading: Loading, { kind, modules, keepsAll = false, buffers = [] }: LoadRequest): Loaded => {
  const { tape, options } = loading;
  const linears = new Map<string, LoadedLinear>();
  const tensors = new Map<string, Tensor>();
  const originals: Tensor[] = [];
  const packed = new Map<string, PackedExperts>();
  const parameterAdapters = new Map<string, Adapter>();
  const createBase = (planned: PlannedTensor): Tensor => {
    if (planned.quantization === null) return create(tape, planned);
    const [weights, facts] = loadExperts(tape, planned, planned.quantization);
    packed.set(planned.name, facts);
    return weights;
  };
  for (const module of modules) {
    if (module.kind === "linear") {
      linears.set(module.name, loadLinear(loading, module));
      continue;
    }
    const { base, adapters, copies } = loading.planOf(module);
    if (module.kind === "experts" || virtualTokensOf(options.method) > 0)
      for (const adapter of adapters) parameterAdapters.set(adapter.path, loadAdapter(loading, adapter));
    base.forEach((planned, index) => {
      const original = createBase(planned);
      originals.push(original);
      const copy = copies[index];
      tensors.set(planned.name, copy === undefined ? original : createCopy(loading, copy));
    });
  }
  return {
    kind,
    keepsAll,
    architecture: options.architecture,
    options,
    linears,
    tensors,
    packed,
    originals,
    parameterAdapters,
    buffers: loadBuffers(tape, buffers),
    shared: null,
  };
};
