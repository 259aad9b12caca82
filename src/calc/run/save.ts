import { allocated } from "#calc/base/allocation.ts";
import { bytesPerParameter } from "#calc/base/dtype.ts";
import { bytes } from "#calc/base/quantity.ts";
import { isFlat } from "#calc/model/is-flat.ts";
import type { RunMoment } from "#calc/model/whole-run.ts";
import type { Scenario } from "#calc/model/scenario.ts";
import { scenarioOfRank } from "#calc/step/strategy-of.ts";
import type { DeviceMemory } from "./device-memory.ts";
import { inStock } from "./in-stock.ts";
import { modelTensors, type ModelTensor } from "./load-model.ts";
import { modelOfRun } from "./model-modules.ts";
import type { MakeRunMoment, RunInput } from "./run-input.ts";
import { isSharded, type Shared, storedFormat, wholeAtOnce } from "./shards.ts";
import { afterStep } from "./standing.ts";

/** What saving needs for a moment, and the bytes of it on the host. */
type Saving = Readonly<{ device: DeviceMemory; tensors: readonly ModelTensor[] }>;

const bytesOf = ({ tensor }: ModelTensor): number => allocated(tensor.elements * bytesPerParameter(tensor.format));

/**
 * `save_pretrained` turns fused experts back into a tensor for each expert: gates and ups are copied, of all layers before the first is written; a parameter that
 * is made of one name is cut into views. Other tensors go to the host one by one, where they are written.
 *
 * @see transformers 5.24, core_model_loading.py, `revert_weight_conversion`, `Chunk.convert`, `SplitModulelist.convert`
 */
const convertBack = ({ device, tensors }: Saving): void => {
  const copied = tensors.filter(({ tensor, sources }) => (sources ?? 1) > 1 && tensor.quantization === null);
  device.free(...copied.map((each) => device.allocateBlocks("gates and ups of experts, apart", bytesOf(each))));
};

/** Ranks gather what is whole at once, and the first takes it to its host. @see accelerate 1.15, accelerator.py, `get_state_dict` */
const gather = ({ workings }: RunInput, shared: Shared, device: DeviceMemory): void => {
  const { sharding } = shared.scenario;
  const whole = wholeAtOnce(shared, sharding === "zero3" ? "bf16" : storedFormat(workings, shared));
  for (const size of whole) device.free(device.allocateBlocks("whole parameters", size));
};

const sum = (sizes: readonly number[]): number => sizes.reduce((total, size) => total + size, 0);

/** The host has a tensor at a time; of a full state dict that ranks gather, the first's host has all. */
const hostOf = (scenario: Scenario, tensors: readonly ModelTensor[]): number =>
  isSharded(scenario) ? sum(tensors.map(bytesOf)) : Math.max(0, ...tensors.map(bytesOf));

/**
 * A checkpoint is written after a step: optimizer states stay where they are, and go to the host one by one. Adapters, shards and dense models take nothing more
 * on the device; see `convertBack` for experts and `wholeAtOnce` for a full state dict of shards.
 */
export const save: MakeRunMoment = (input): RunMoment | null => {
  const { workings, scenario: whole, asked, machine, step } = input;
  if (asked.saving === "none" || isFlat(whole)) return null;
  const scenario = scenarioOfRank(workings, whole);
  const device = afterStep(workings, { scenario, machine, step });
  const model = modelOfRun(workings, scenario, machine);
  const tensors = modelTensors(model, scenario);
  if (asked.saving === "full" && isSharded(scenario)) gather(input, { scenario, machine, model }, device);
  else if (asked.saving === "full") convertBack({ device, tensors });
  return {
    id: "save",
    ...device.endMoment(),
    hostBytes: bytes(asked.saving === "full" ? hostOf(scenario, tensors) : 0),
    basis: inStock(whole) ? "run" : "read",
  };
};
