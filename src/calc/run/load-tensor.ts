import { allocated } from "#calc/base/allocation.ts";
import type { ParameterFormat } from "#calc/base/dtype.ts";
import type { Quantization } from "#calc/model/scenario.ts";
import type { PlannedTensor } from "#calc/parameters/planned-tensor.ts";
import { quantizedTensor } from "#calc/parameters/weights/quantized-tensor.ts";
import type { DeviceMemory } from "./device-memory.ts";
import { quantize4bit, quantize8bit, WEIGHTS } from "./quantize.ts";

const LINEAR_DIMENSIONS = 2;

/** What a tensor is loaded in: some are fp32 whatever the model is loaded in. k-bit preparation comes later. */
export const loadedFormat = ({ kept }: PlannedTensor, weights: ParameterFormat): ParameterFormat =>
  kept === "fp32" ? "fp32" : weights;

/** A tensor of a checkpoint: the bytes of an element as it is loaded, and of how many matrices of each expert it is made; null: it is there as it is. */
export type TensorToLoad = Readonly<{ tensor: PlannedTensor; bytesEach: number; sources: number | null }>;

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
export const loadTensor = (device: DeviceMemory, toLoad: TensorToLoad): void => {
  const { tensor, bytesEach, sources } = toLoad;
  if (tensor.quantization !== null) loadQuantized(device, toLoad, tensor.quantization);
  else if (sources === null) device.allocate(WEIGHTS, tensor.elements * bytesEach);
  else stackExperts(device, toLoad, WEIGHTS);
};
