import { bytesPerParameter } from "#calc/base/dtype.ts";
import { allocated } from "#calc/base/allocation.ts";
import type { Scenario } from "#calc/model/scenario.ts";
import type { DeviceMemory } from "./device-memory.ts";
import type { ModelTensor } from "./load-model.ts";
import { WEIGHTS } from "./quantize.ts";

const FP32 = 4;

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
  for (const { tensor, bytesEach } of cast) recast(device, tensor.elements, [bytesEach, FP32]);
  for (const { tensor } of cast) recast(device, tensor.elements, [FP32, bytesPerParameter(tensor.format)]);
};
