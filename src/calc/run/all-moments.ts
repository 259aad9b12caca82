// Moments of a run outside the step: loading, PEFT preparation, resuming, saving; and the order of all.

import { bytes, allocated, sum } from "#calc/base/bytes.ts";
import { isFlat } from "#calc/model/scenario-traits.ts";
import type { AskedRun, RunMoment } from "#calc/model/whole-run.ts";
import type { Scenario } from "#calc/model/scenario.ts";
import { scenarioOfRank } from "#calc/step/workings.ts";
import {
  isStockTransformers,
  isSharded,
  loadShards,
  deviceAfterStep,
  type Shared,
  storedFormat,
  gatheredAtOnce,
} from "./shards.ts";
import {
  bytesAsLoaded,
  loadModelsBeside,
  loadModel,
  type ModelTensor,
  modelTensors,
  warmUpBytes,
} from "./load-model.ts";
import { modelOfRun } from "./model-modules.ts";
import { cachedBeforeSteps, type MakeRunMoment, type RunInput } from "./run-moment.ts";
import { tunerIdOf } from "#calc/model/tuners.ts";
import { prepareKbit, preparesKbit, addAdapters } from "./peft-preparation.ts";
import { bytesPerParameter } from "#calc/base/dtypes.ts";
import { holdingsOf, stepInputOf } from "#calc/step/gpu-holdings.ts";
import type { DeviceMemory } from "./device-memory.ts";
import { evaluate } from "./evaluation.ts";
import { runGeneration } from "./generation.ts";
import { merge } from "./merge.ts";

/** Whether the rows show it: experts as bitsandbytes leaves them, a base that is quantised as it is loaded. */
const isLoadingMeasured = (scenario: Scenario): boolean =>
  isStockTransformers(scenario) && isLoadedSo(scenario) && scenario.objective === "sft";

const isLoadedSo = ({ method }: Scenario): boolean =>
  (method.kind === "full" || method.experts === undefined) &&
  (method.kind !== "qlora" || method.quantization.kind.startsWith("bnb"));

/** Quantised weights are made on the device whatever is asked. @see quantizers/quantizer_bnb_4bit.py, `update_device_map` */
const isMadeOnHost = ({ loading }: AskedRun, { method }: Scenario): boolean =>
  loading === "host" && method.kind !== "qlora";

const beforeLoading = (
  input: Readonly<{ asked: AskedRun; scenario: Scenario }>,
  tensors: readonly ModelTensor[],
): Pick<RunMoment, "hostBytes" | "warmUpBytes"> => {
  const { asked, scenario } = input;
  if (isMadeOnHost(asked, scenario)) return { hostBytes: bytes(bytesAsLoaded(tensors)) };
  const warms = scenario.modelling === "transformers" || scenario.modelling === "unsloth";
  return { hostBytes: bytes(0), ...(warms && { warmUpBytes: bytes(warmUpBytes(tensors)) }) };
};

/**
 * The model is loaded: each parameter is read, cast on the host and copied; experts are stacked and matrices quantised on the device, one after the other. Files
 * and their order do not matter. Where weights are made on the host the device gets the same tensors; under FSDP and ZeRO-3 as `loadShards` has it.
 *
 * @see transformers 5.24, core_model_loading.py, `convert_and_load_state_dict_in_model`; LitGPT's and torchtune's peaks are those of a tensor at a time, too
 */
const loading: MakeRunMoment = cachedBeforeSteps(({ workings, scenario: whole, asked, machine }) => {
  if (asked.loading === "none" || isFlat(whole)) return null;
  const scenario = scenarioOfRank(workings, whole);
  const model = modelOfRun(workings, scenario, machine);
  const tensors = modelTensors(model, scenario);
  if (isSharded(scenario))
    return {
      id: "loading",
      ...loadShards(workings, { scenario, machine, model }),
      hostBytes: bytes(bytesAsLoaded(tensors)),
      basis: "read",
    };
  const device = loadModel(model, scenario, machine);
  loadModelsBeside(device, workings, scenario);
  return {
    id: "loading",
    ...device.endMoment(),
    ...beforeLoading({ asked, scenario }, tensors),
    basis: isLoadingMeasured(whole) ? "run" : "read",
  };
});

/** Whether the rows show it: LoRA by PEFT, over what it prepared or nobody did. */
const isPreparationMeasured = (scenario: Scenario): boolean => isStockTransformers(scenario) && isPreparedSo(scenario);

const isPreparedSo = ({ method }: Scenario): boolean =>
  tunerIdOf(method) === "lora" &&
  (method.kind !== "qlora" || method.kbitPreparation === "fp32" || method.kbitPreparation === "none");

/** What happens between loading and the first step: `prepare_model_for_kbit_training`, then `get_peft_model`. Shards are made of a model that has both behind it. */
const prepare: MakeRunMoment = cachedBeforeSteps(({ workings, scenario: whole, asked, machine }) => {
  if (asked.loading === "none" || whole.method.kind === "full" || isFlat(whole) || isSharded(whole)) return null;
  const scenario = scenarioOfRank(workings, whole);
  const model = modelOfRun(workings, scenario, machine);
  const device = loadModel(model, scenario, machine);
  loadModelsBeside(device, workings, scenario);
  device.endMoment();
  if (preparesKbit(scenario)) prepareKbit(device, modelTensors(model, scenario));
  addAdapters({ device, scenario, machine }, model);
  return {
    id: "prepare",
    ...device.endMoment(),
    hostBytes: bytes(0),
    basis: isPreparationMeasured(whole) ? "run" : "read",
  };
});

/** States that `load_state_dict` casts to the parameter's type, which makes them a second time. @see torch/optim/optimizer.py, `_process_value_according_to_param_policy` */
const areCast = ({ optimizerStates, masterWeightBytes }: Scenario, parameterBytes: number): boolean =>
  masterWeightBytes === 0 && typeof optimizerStates === "string" && bytesPerParameter(optimizerStates) > parameterBytes;

/**
 * A resumed run before its first step, which has the optimizer states in its forward as every later step. One GPU: states are read on the host and copied one by
 * one. More ranks without FSDP: each has its file's states on the device, and takes them over, unless their type is not the parameter's: then both are there until
 * the file's go. Weights are copied into the parameters.
 *
 * @see transformers 5.24, trainer.py, `_load_optimizer_and_scheduler` (`map_location`)
 */
const resume: MakeRunMoment = ({ workings, scenario: whole, asked, machine, step }) => {
  if (!asked.resumes || isFlat(whole)) return null;
  const scenario = scenarioOfRank(workings, whole);
  const device = deviceAfterStep(workings, { scenario, machine, step });
  const { optimizer, kept } = holdingsOf(workings, stepInputOf(workings, scenario, machine));
  const size = Math.min(4, ...kept.states.map(({ format }) => bytesPerParameter(format)));
  if (scenario.gpus > 1 && scenario.sharding === "ddp" && areCast(scenario, size))
    device.free(device.allocateBlocks("optimizer states of the file", optimizer.bytes));
  return {
    id: "resume",
    ...device.endMoment(),
    hostBytes: bytes(scenario.gpus === 1 ? optimizer.bytes : 0),
    basis: isStockTransformers(whole) ? "run" : "read",
  };
};

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
  const whole = gatheredAtOnce(shared, sharding === "zero3" ? "bf16" : storedFormat(workings, shared));
  for (const size of whole) device.free(device.allocateBlocks("whole parameters", size));
};

/** The host has a tensor at a time; of a full state dict that ranks gather, the first's host has all. */
const hostOf = (scenario: Scenario, tensors: readonly ModelTensor[]): number =>
  isSharded(scenario) ? sum(tensors.map(bytesOf)) : Math.max(0, ...tensors.map(bytesOf));

/**
 * A checkpoint is written after a step: optimizer states stay where they are, and go to the host one by one. Adapters, shards and dense models take nothing more
 * on the device; see `convertBack` for experts and `wholeAtOnce` for a full state dict of shards.
 */
const save: MakeRunMoment = (input): RunMoment | null => {
  const { workings, scenario: whole, asked, machine, step } = input;
  if (asked.saving === "none" || isFlat(whole)) return null;
  const scenario = scenarioOfRank(workings, whole);
  const device = deviceAfterStep(workings, { scenario, machine, step });
  const model = modelOfRun(workings, scenario, machine);
  const tensors = modelTensors(model, scenario);
  if (asked.saving === "full" && isSharded(scenario)) gather(input, { scenario, machine, model }, device);
  else if (asked.saving === "full") convertBack({ device, tensors });
  return {
    id: "save",
    ...device.endMoment(),
    hostBytes: bytes(asked.saving === "full" ? hostOf(scenario, tensors) : 0),
    basis: isStockTransformers(whole) ? "run" : "read",
  };
};

/** The moments that come before the first step, in order. */
export const MOMENTS_BEFORE_STEP: readonly MakeRunMoment[] = [loading, prepare, resume, runGeneration];

/** The moments that come after a step, in order. */
export const MOMENTS_AFTER_STEP: readonly MakeRunMoment[] = [evaluate, save, merge];
