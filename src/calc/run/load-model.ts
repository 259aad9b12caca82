import { allocated, BLOCK_BYTES } from "#calc/base/allocation.ts";
import { bytesPerParameter } from "#calc/base/dtype.ts";
import type { Machine } from "#calc/base/machine.ts";
import type { Scenario } from "#calc/model/scenario.ts";
import type { PlannedTensor } from "#calc/parameters/planned-tensor.ts";
import { tensorsOfCopy, weightsBeside } from "#calc/step/holdings-of.ts";
import type { Workings } from "#calc/step/workings.ts";
import { createDevice, type DeviceMemory } from "./device-memory.ts";
import { expertSources, nameInCheckpoint } from "./expert-sources.ts";
import { loadedFormat, loadTensor, type TensorToLoad } from "./load-tensor.ts";
import type { ModelOfRun } from "./model-modules.ts";
import { inNaturalOrder, naturalKey } from "./natural-order.ts";
import { NESTED_TABLE_BYTES, WEIGHTS } from "./quantize.ts";

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
export const loadBeside = (device: DeviceMemory, workings: Workings, scenario: Scenario): void => {
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
