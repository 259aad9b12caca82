import { bytes } from "#calc/base/quantity.ts";
import { isFlat } from "#calc/model/is-flat.ts";
import type { AskedRun, RunMoment } from "#calc/model/whole-run.ts";
import type { Scenario } from "#calc/model/scenario.ts";
import { scenarioOfRank } from "#calc/step/strategy-of.ts";
import { inStock } from "./in-stock.ts";
import { bytesAsLoaded, loadBeside, loadModel, type ModelTensor, modelTensors, warmUpBytes } from "./load-model.ts";
import { modelOfRun } from "./model-modules.ts";
import { beforeSteps } from "./remembered.ts";
import type { MakeRunMoment } from "./run-input.ts";
import { isSharded, loadShards } from "./shards.ts";

/** Whether the rows show it: experts as bitsandbytes leaves them, a base that is quantised as it is loaded. */
const isRun = (scenario: Scenario): boolean =>
  inStock(scenario) && isLoadedSo(scenario) && scenario.objective === "sft";

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
export const loading: MakeRunMoment = beforeSteps(({ workings, scenario: whole, asked, machine }) => {
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
  loadBeside(device, workings, scenario);
  return {
    id: "loading",
    ...device.endMoment(),
    ...beforeLoading({ asked, scenario }, tensors),
    basis: isRun(whole) ? "run" : "read",
  };
});
