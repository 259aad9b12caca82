import { ownValue } from "#calc/base/own-value.ts";
import type { ModellingId, Quantization, Scenario } from "#calc/model/scenario.ts";
import { lastPart } from "#calc/families/model-layout.ts";
import { BLOCK_BYTES, allocated } from "#calc/base/allocation.ts";
import { ELEMENT_BYTES, type ParameterFormat, bytesPerParameter } from "#calc/base/elements.ts";
import { BNB_4BIT_BLOCK_WEIGHTS, bnb4bitTensors, quantizedTensor } from "#calc/parameters/weights/quantized-tensor.ts";
import { type DeviceMemory, type Held, createDevice } from "./device-memory.ts";
import type { PlannedTensor } from "#calc/parameters/trained-tensors.ts";
import type { Machine } from "#calc/base/machine.ts";
import { tensorsOfCopy, weightsBeside } from "#calc/step/gpu-holdings.ts";
import type { Workings } from "#calc/step/workings.ts";
import type { ModelOfRun } from "./model-modules.ts";

/** What a fused parameter of experts is made of: for each name a matrix of every expert. */
type Sources = Readonly<Record<string, readonly string[]>>;

const QWEN2: Sources = { gate_up_proj: ["gate_proj", "up_proj"], down_proj: ["down_proj"] };
const MIXTRAL: Sources = { gate_up_proj: ["w1", "w3"], down_proj: ["w2"] };
const NO_GATE: Sources = { up_proj: ["up_proj"], down_proj: ["down_proj"] };

/**
 * The types whose checkpoints have the experts of a layer one by one, and by which names. All others have them as the model has them: fused.
 *
 * @see transformers 5.24, conversion_mapping.py, `_MODEL_TO_CONVERSION_PATTERN`, `MergeModulelist`
 */
const ONE_BY_ONE: Readonly<Record<string, Sources>> = {
  qwen2_moe: QWEN2,
  qwen3_moe: QWEN2,
  qwen3_next: QWEN2,
  qwen3_5_moe_text: QWEN2,
  olmoe: QWEN2,
  deepseek_v2: QWEN2,
  deepseek_v3: QWEN2,
  glm4_moe: QWEN2,
  glm4_moe_lite: QWEN2,
  dots1: QWEN2,
  hunyuan_v1_moe: QWEN2,
  ernie4_5_moe: QWEN2,
  mixtral: MIXTRAL,
  minimax: MIXTRAL,
  phimoe: MIXTRAL,
  lfm2_moe: MIXTRAL,
  nemotron_h: NO_GATE,
};

/** Types whose checkpoints call `mlp` by an older name. @see conversion_mapping.py, `WeightRenaming(".block_sparse_moe.", ".mlp.")` */
const SPARSE_BLOCK = new Set(["mixtral", "minimax", "phimoe"]);

/** The modelling code that stacks experts as it loads them; all other code keeps them as checkpoints have them. */
const STACKING = new Set<ModellingId>(["transformers", "unsloth"]);

/** Whose checkpoint is read, by whose code. */
type Checkpoint = Readonly<{ model_type: string; modelling: ModellingId }>;

/** Which matrices of every expert a fused parameter is made of; null where the checkpoint has it as it is. */
const expertSources = ({ model_type, modelling }: Checkpoint, parameter: string): readonly string[] | null =>
  (STACKING.has(modelling) && ownValue(ONE_BY_ONE, model_type)?.[lastPart(parameter)]) || null;

/** What the checkpoint calls a parameter, of an experts' one its first source: it is loaded where that stands. */
const nameInCheckpoint = (checkpoint: Checkpoint, name: string): string => {
  const [first] = expertSources(checkpoint, name) ?? [];
  const source = first === undefined ? name : name.replace(/[^.]+$/, `0.${first}.weight`);
  return SPARSE_BLOCK.has(checkpoint.model_type) ? source.replace(/(^|\.)mlp\./, "$1block_sparse_moe.") : source;
};

/** What a device has of the model, and of what is needed to quantise it. */
export const WEIGHTS = "weights";
const STATISTICS = "absolute maxima";
const TABLES = "tables of bitsandbytes";

/** The values that 8 bits stand for, fp32. */
const NESTED_TABLE_BYTES = 256 * ELEMENT_BYTES.fp32;

/** A matrix of 4 bits: how many weights it has, and whether its absolute maxima are quantised too. */
type Matrix4bit = Readonly<{ elements: number; doubleQuant: boolean }>;

/**
 * Everything that stays of a matrix in 4 bits: what `bnb4bitTensors` has, the table of its 16 values, and with double quantization the mean of its maxima and
 * the table of their 256 values. Estimates of a step leave out mean and tables (2 KiB for each matrix); they are there.
 */
export const blocksOf4bit = (matrix: Matrix4bit): readonly number[] => [
  ...bnb4bitTensors(matrix.elements, matrix.doubleQuant).map(({ elements, dtype }) => elements * ELEMENT_BYTES[dtype]),
  BLOCK_BYTES,
  ...(matrix.doubleQuant ? [BLOCK_BYTES, NESTED_TABLE_BYTES] : []),
];

/** fp32 absolute maxima of a matrix. */
export const maximaBytes = (elements: number): number =>
  Math.ceil(elements / BNB_4BIT_BLOCK_WEIGHTS) * ELEMENT_BYTES.fp32;

/**
 * Packs a matrix that is on the device: the packed weights and their fp32 maxima; the table of values, with its absolute values and their largest; with double
 * quantization the maxima less their mean, and those in 8 bits. What is left is that of `blocksOf4bit`.
 *
 * @see bitsandbytes 0.50.2, functional.py, `quantize_4bit`, `get_4bit_type`, `quantize_blockwise`
 */
export const quantize4bit = (device: DeviceMemory, matrix: Matrix4bit): readonly Held[] => {
  const { elements, doubleQuant } = matrix;
  const [packed = 0, statistics = 0, ...rest] = blocksOf4bit(matrix);
  const held = [device.allocate(WEIGHTS, packed)];
  const maxima = device.allocate(doubleQuant ? STATISTICS : WEIGHTS, maximaBytes(elements));
  const [code = 0, mean, table] = doubleQuant ? rest.slice(1) : rest;
  held.push(device.allocate(WEIGHTS, code));
  device.free(device.allocate(TABLES, BLOCK_BYTES), device.allocate(TABLES, BLOCK_BYTES));
  if (mean === undefined || table === undefined) return [...held, maxima];
  held.push(device.allocate(WEIGHTS, mean));
  const centred = device.allocate(STATISTICS, maximaBytes(elements));
  held.push(...[statistics, rest[0] ?? 0, table].map((size) => device.allocate(WEIGHTS, size)));
  device.free(centred, maxima);
  return held;
};

/**
 * Packs a matrix to int8, from a copy in fp16: one byte for each weight, one fp32 scale for each row. What is left is that of `bnb8bitBytes`.
 *
 * @see bitsandbytes 0.50.2, nn/modules.py, `Int8Params._quantize`; functional.py, `int8_vectorwise_quant`
 */
export const quantize8bit = (device: DeviceMemory, [rows, columns]: readonly [number, number]): readonly Held[] => {
  const copy = device.allocate("matrix in fp16", rows * columns * ELEMENT_BYTES.fp16);
  const held = [device.allocate(WEIGHTS, rows * columns), device.allocate(WEIGHTS, rows * ELEMENT_BYTES.fp32)];
  device.free(copy);
  return held;
};

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
    device.allocateBlocks(WEIGHTS, quantizedTensor(quantization, shape).bytes);
    return;
  }
  if (sources === null) device.allocate(MATRIX, elements * bytesEach);
  else stackExperts(device, toLoad, MATRIX);
  const columns = shape.at(-1) ?? 1;
  if (quantization.kind === "bnb-4bit")
    quantize4bit(device, { elements, doubleQuant: quantization.bnb_4bit_use_double_quant });
  else if (shape.length > LINEAR_DIMENSIONS) device.allocateBlocks(WEIGHTS, quantizedTensor(quantization, shape).bytes);
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

/** A part of a name: a number, or text and the number that it ends with (−1: none). */
type Part = number | readonly [text: string, number: number];

const partOf = (part: string): Part => {
  if (/^\d+$/.test(part)) return Number(part);
  const digits = /\d+$/.exec(part)?.[0] ?? "";
  return [part.slice(0, part.length - digits.length), digits === "" ? -1 : Number(digits)];
};

const compareText = (one: string, other: string): number => {
  if (one === other) return 0;
  return one < other ? -1 : 1;
};

/** Numbers come before text. */
const compareParts = (one: Part, other: Part): number => {
  if (typeof one === "number") return typeof other === "number" ? one - other : -1;
  if (typeof other === "number") return 1;
  return compareText(one[0], other[0]) || one[1] - other[1];
};

/** The parts of a name by which names are put in order. */
export const naturalKey = (name: string): readonly Part[] => name.split(".").map(partOf);

/** Which of two names transformers reads first: by their parts between dots, numbers as numbers. @see transformers 5.24, core_model_loading.py, `dot_natural_key` */
export const inNaturalOrder = (one: readonly Part[], other: readonly Part[]): number => {
  for (const [index, part] of one.entries()) {
    const against = other[index];
    if (against === undefined) return 1;
    const compared = compareParts(part, against);
    if (compared !== 0) return compared;
  }
  return one.length - other.length;
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
