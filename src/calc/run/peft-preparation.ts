// PEFT before the first step: k-bit preparation, then adapters made, moved and cast.

import { bytesPerParameter, ELEMENT_BYTES } from "#calc/base/dtypes.ts";
import { allocated } from "#calc/base/bytes.ts";
import type { Scenario } from "#calc/model/scenario.ts";
import type { DeviceMemory, Held } from "./device-memory.ts";
import { type ModelTensor, loadedFormat } from "./load-model.ts";
import { WEIGHTS } from "./quantization.ts";
import type { Machine } from "#calc/base/machine.ts";
import type { PlannedTensor } from "#calc/parameters/parameter-tensors.ts";
import type { ModelOfRun, PlacedModule } from "./model-modules.ts";

/** Whether the run casts what bitsandbytes left in 16 bits. Axolotl does not where it has quantised the experts itself. */
export const preparesKbit = ({ method }: Scenario): boolean =>
  method.kind === "qlora" &&
  method.quantization.kind.startsWith("bnb") &&
  method.kbitPreparation !== "none" &&
  (method.kbitPreparation !== "axolotl" || method.experts === undefined);

const recast = (device: DeviceMemory, elements: number, [from, to]: readonly [number, number]): void => {
  if (from === to) return;
  device.allocate(WEIGHTS, elements * to);
  device.free({ name: WEIGHTS, bytes: allocated(elements * from) });
};

/**
 * k-bit preparation: every parameter of 16 bits becomes fp32, one after the other, each beside what it was: + 4 B an element of the largest for a moment, + 2 B of
 * all for good. It takes fused experts too, which bitsandbytes left in 16 bits. TRL and Axolotl cast some back.
 *
 * @see peft/utils/other.py (0.21), `prepare_model_for_kbit_training`
 */
export const prepareKbit = (device: DeviceMemory, tensors: readonly ModelTensor[]): void => {
  const cast = tensors.filter(({ tensor }) => tensor.quantization === null);
  for (const { tensor, bytesEach } of cast) recast(device, tensor.elements, [bytesEach, ELEMENT_BYTES.fp32]);
  for (const { tensor } of cast)
    recast(device, tensor.elements, [ELEMENT_BYTES.fp32, bytesPerParameter(tensor.format)]);
};

/** What a device has of adapters. */
export const ADAPTERS = "adapters";

/** How PEFT puts adapters beside a model. */
type Wrapping = Readonly<{ device: DeviceMemory; scenario: Scenario; machine: Machine }>;

/** An adapter's tensor on the device, not yet in its last type. */
type Made = Readonly<{ tensor: PlannedTensor; held: Held }>;

/** What libraries set as `bnb_4bit_compute_dtype`. */
const COMPUTE = ELEMENT_BYTES.bf16;

/**
 * Bytes of an element that adapters of a module get first: those of the weight that they stand beside, of a 4-bit one those that it is computed in; beside int8
 * they stay as they were made.
 *
 * @see peft/tuners/tuners_utils.py (0.21), `_get_base_layer_device_and_dtype`
 */
const firstBytes = ({ plan: { base } }: PlacedModule, scenario: Scenario): number => {
  const [own] = base;
  if (own === undefined) return bytesPerParameter(scenario.weights);
  if (own.quantization !== null) return own.quantization.kind === "bnb-4bit" ? COMPUTE : ELEMENT_BYTES.fp32;
  return preparesKbit(scenario) ? ELEMENT_BYTES.fp32 : bytesPerParameter(loadedFormat(own, scenario.weights));
};

const makeAdapters = ({ device, scenario, machine }: Wrapping, module: PlacedModule): readonly Made[] => {
  const size = firstBytes(module, scenario);
  return module.plan.adapters.flatMap(({ tensors }) => {
    const own = tensors.filter(({ origin }) => origin !== "shared");
    // PEFT makes them in fp32 on the host.
    const onHost = machine.hostIsDevice && size < ELEMENT_BYTES.fp32;
    const made = onHost
      ? own.map(({ elements }) => device.allocate("adapters on the host", elements * ELEMENT_BYTES.fp32))
      : [];
    return own.map((tensor, index) => {
      const held = device.allocate(ADAPTERS, tensor.elements * size);
      device.free(...made.slice(index, index + 1));
      return { tensor, held };
    });
  });
};

/** Copies of `modules_to_save`, and the buffers of the tuner's modules. */
const makeBeside = ({ device, scenario: { method } }: Wrapping, { tuner }: ModelOfRun, placed: PlacedModule): void => {
  const { module, plan } = placed;
  for (const { elements, format } of plan.copies)
    device.allocate("copies of modules_to_save", elements * bytesPerParameter(format));
  if (method.kind === "full" || module.kind !== "linear" || plan.adapters.length === 0) return;
  for (const { elements, dtype } of tuner?.buffers?.(module, method.lora) ?? [])
    device.allocate(ADAPTERS, elements * ELEMENT_BYTES[dtype]);
};

/** Puts an adapter's tensor in the type that it is trained in. */
const castAdapter = ({ device }: Wrapping, { tensor, held }: Made): void => {
  const size = tensor.elements * bytesPerParameter(tensor.format);
  if (allocated(size) === held.bytes) return;
  device.allocate(ADAPTERS, size);
  device.free(held);
};

/**
 * `get_peft_model`: adapters are made on the host in fp32, go to the device in the type of the weight that they stand beside, and then one by one to their own
 * type, each beside what it was. `modules_to_save` are copied whole.
 *
 * @see peft/tuners/tuners_utils.py (0.21), `inject_adapter`, `cast_adapter_dtype`; peft/utils/other.py, `ModulesToSaveWrapper.update`
 */
export const addAdapters = (wrapping: Wrapping, model: ModelOfRun): void => {
  for (const { elements, format } of model.shared)
    wrapping.device.allocate(ADAPTERS, elements * bytesPerParameter(format));
  const made = model.modules.flatMap((module) => makeAdapters(wrapping, module));
  for (const module of model.modules) makeBeside(wrapping, model, module);
  for (const each of made) castAdapter(wrapping, each);
};
