// Loading of a model: checkpoint order, stacked experts, 4-bit and 8-bit packing, reference models.

import type { Quantization, Scenario } from "#calc/model/scenario.ts";
import { BLOCK_BYTES, allocated } from "#calc/base/bytes.ts";
import { type ParameterFormat, bytesPerParameter } from "#calc/base/dtypes.ts";
import { quantizedTensorBytes } from "#calc/parameters/weight-bytes.ts";
import { type DeviceMemory, createDevice } from "./device-memory.ts";
import type { PlannedTensor } from "#calc/parameters/parameter-tensors.ts";
import type { Machine } from "#calc/base/machine.ts";
import { tensorsOfCopy, weightsBeside } from "#calc/step/gpu-holdings.ts";
import type { Workings } from "#calc/step/workings.ts";
import type { ModelOfRun } from "./model-modules.ts";
import { expertSources, nameInCheckpoint, naturalKey, inNaturalOrder } from "./checkpoint.ts";
import { WEIGHTS, NESTED_TABLE_BYTES, quantize4bit, quantize8bit } from "./quantization.ts";

const LINEAR_DIMENSIONS = 2;

/** What a tensor is loaded in: some are fp32 whatever the model is loaded in. k-bit preparation comes later. */
export const loadedFormat = ({ kept }: PlannedTensor, weights: ParameterFormat): ParameterFormat =>
  kept === "fp32" ? "fp32" : weights;

/** A tensor of a checkpoint: the bytes of an element as it is loaded, and of how many matrices of each expert it is made; null: it is there as it is. */
type TensorToLoad = Readonly<{ tensor: PlannedTensor; bytesEach: number; sources: number | null }>;

/**
 * Experts one by one become one parameter: for each name all its matrices are stacked, which frees them, then the stacks are concatenated. All sources are on
 * the device before the first stack.
 *
 * @see transformers 5.24, core_model_loading.py, `MergeModulelist.convert`, `Concatenate.convert`
 */
const stackExperts = (device: DeviceMemory, { tensor, bytesEach, sources }: TensorToLoad, name: string): void => {
  const [experts = 1] = tensor.shape;
  const names = sources ?? 1;
  const all = tensor.elements * bytesEach;
  const loaded = Array.from({ length: names }, () =>
    device.allocateBlocks("experts one by one", experts * allocated(all / names / experts)),
  );
  if (names === 1) {
    device.allocate(name, all);
    device.free(...loaded);
    return;
  }
  const stacks = loaded.map((each) => {
    const stack = device.allocate("stacks of experts", all / names);
    device.free(each);
    return stack;
  });
  device.allocate(name, all);
  device.free(...stacks);
};

const MATRIX = "matrix before it is quantised";

/** Puts a matrix on the device as it is loaded, and packs it. Formats that are made elsewhere are read packed. */
const loadQuantized = (device: DeviceMemory, toLoad: TensorToLoad, quantization: Quantization): void => {
  const { tensor, bytesEach, sources } = toLoad;
  const { elements, shape } = tensor;
  const isPacked = quantization.kind !== "bnb-4bit" && quantization.kind !== "bnb-8bit";
  if (isPacked) {
    device.allocateBlocks(WEIGHTS, quantizedTensorBytes(quantization, shape).bytes);
    return;
  }
  if (sources === null) device.allocate(MATRIX, elements * bytesEach);
  else stackExperts(device, toLoad, MATRIX);
  const columns = shape.at(-1) ?? 1;
  if (quantization.kind === "bnb-4bit")
    quantize4bit(device, { elements, doubleQuant: quantization.bnb_4bit_use_double_quant });
  else if (shape.length > LINEAR_DIMENSIONS)
    device.allocateBlocks(WEIGHTS, quantizedTensorBytes(quantization, shape).bytes);
  else quantize8bit(device, [elements / columns, columns]);
  device.free({ name: MATRIX, bytes: allocated(elements * bytesEach) });
};

/** Loads one parameter: read, cast on the host, copied; what has to be stacked or quantised is so on the device. */
const loadTensor = (device: DeviceMemory, toLoad: TensorToLoad): void => {
  const { tensor, bytesEach, sources } = toLoad;
  if (tensor.quantization !== null) loadQuantized(device, toLoad, tensor.quantization);
  else if (sources === null) device.allocate(WEIGHTS, tensor.elements * bytesEach);
  else stackExperts(device, toLoad, WEIGHTS);
};

/** A parameter of the model's own, by its name in the whole model. */
export type ModelTensor = TensorToLoad & Readonly<{ name: string }>;

/** The model's own parameters, in its order. */
export const modelTensors = (model: ModelOfRun, scenario: Scenario): readonly ModelTensor[] => {
  const checkpoint = { model_type: scenario.architecture.model_type, modelling: scenario.modelling };
  const { head } = model.layout;
  return model.modules.flatMap(({ place, module, plan }) =>
    plan.base.map((tensor: PlannedTensor) => ({
      // The model stands in a module of its own, the head beside it.
      name: nameInCheckpoint(checkpoint, `${module === head.module ? "" : "model."}${place}${tensor.name}`),
      tensor,
      bytesEach: bytesPerParameter(loadedFormat(tensor, scenario.weights)),
      sources: expertSources(checkpoint, tensor.name)?.length ?? null,
    })),
  );
};

/** In the order in which transformers reads a checkpoint, whatever its files: by name. */
const asRead = (tensors: readonly ModelTensor[]): readonly ModelTensor[] =>
  tensors
    .map((tensor) => ({ tensor, key: naturalKey(tensor.name) }))
    .toSorted((one, other) => inNaturalOrder(one.key, other.key))
    .map(({ tensor }) => tensor);

const isNested = ({ tensor: { quantization } }: ModelTensor): boolean =>
  quantization?.kind === "bnb-4bit" && quantization.bnb_4bit_use_double_quant;

/** Inverse frequencies are made on the host, with two temporaries at once. @see modeling_llama.py, `compute_default_rope_parameters` */
const FREQUENCY_BLOCKS = 3;

/** Buffers that no checkpoint has come last. */
const loadBuffers = (device: DeviceMemory, { buffers }: ModelOfRun, machine: Machine): void => {
  for (const size of buffers) device.allocate("buffers", size);
  if (machine.hostIsDevice && buffers.length > 0)
    device.free(device.allocateBlocks("frequencies on the host", FREQUENCY_BLOCKS * BLOCK_BYTES));
};

/** The model as a device has it when it is loaded, one parameter after the other in the order of the checkpoint. */
export const loadModel = (model: ModelOfRun, scenario: Scenario, machine: Machine): DeviceMemory => {
  const device = createDevice();
  const tensors = asRead(modelTensors(model, scenario));
  const firstNested = machine.hasNestedTable ? undefined : tensors.find(isNested);
  for (const tensor of tensors) {
    // One for the process, made with the first matrix. @see bitsandbytes 0.50.2, functional.py, `name2qmap`
    if (tensor === firstNested) device.allocate(WEIGHTS, NESTED_TABLE_BYTES);
    loadTensor(device, tensor);
  }
  loadBuffers(device, model, machine);
  return device;
};

/** A copy that is packed: each matrix is there as it is loaded, until it is packed. */
const loadPacked = (device: DeviceMemory, { families }: Workings, scenario: Scenario): void => {
  const checkpoint = { model_type: scenario.architecture.model_type, modelling: scenario.modelling };
  for (const tensor of tensorsOfCopy(families.layoutOf, scenario)) {
    const sources = expertSources(checkpoint, tensor.name)?.length ?? null;
    const bytesEach = bytesPerParameter(loadedFormat(tensor, scenario.weights));
    for (let layer = 0; layer < tensor.count; layer++) loadTensor(device, { tensor, bytesEach, sources });
  }
};

/** A model that runs beside the trained one is loaded next, a parameter after the other: the copy of a policy, a teacher. */
export const loadModelsBeside = (device: DeviceMemory, workings: Workings, scenario: Scenario): void => {
  if (scenario.reference === "copy-4bit") {
    loadPacked(device, workings, scenario);
    return;
  }
  const { bytes } = weightsBeside(workings.families, scenario);
  if (bytes > 0) device.allocateBlocks(WEIGHTS, bytes);
};

/** Bytes of the model in the type that it is loaded in, each parameter in blocks: what a host has that makes it. */
export const bytesAsLoaded = (tensors: readonly ModelTensor[]): number =>
  tensors.reduce((sum, { tensor, bytesEach }) => sum + allocated(tensor.elements * bytesEach), 0);

const QUANTIZED_BYTES = { "bnb-4bit": 1 / 2, "bnb-8bit": 1 } as const;

/** What the warm-up counts of a parameter: an element of a matrix that will be quantised, but for its statistics. @see quantizers/base.py, `param_element_size` */
const warmUpOf = ({ tensor, bytesEach }: ModelTensor): number => {
  const kind = tensor.quantization?.kind;
  const size = kind === "bnb-4bit" || kind === "bnb-8bit" ? QUANTIZED_BYTES[kind] : bytesEach;
  return tensor.elements * size;
};

/** The block that is allocated before anything is loaded. */
export const warmUpBytes = (tensors: readonly ModelTensor[]): number =>
  Math.floor(tensors.reduce((sum, tensor) => sum + warmUpOf(tensor), 0));
