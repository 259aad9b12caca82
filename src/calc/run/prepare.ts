import { bytes } from "#calc/base/quantity.ts";
import { isFlat } from "#calc/model/is-flat.ts";
import type { Scenario } from "#calc/model/scenario.ts";
import { tunerIdOf } from "#calc/model/tuner-id.ts";
import { scenarioOfRank } from "#calc/step/strategy-of.ts";
import { inStock } from "./in-stock.ts";
import { loadBeside, loadModel, modelTensors } from "./load-model.ts";
import { modelOfRun } from "./model-modules.ts";
import { prepareKbit, preparesKbit } from "./prepare-kbit.ts";
import { beforeSteps } from "./remembered.ts";
import type { MakeRunMoment } from "./run-input.ts";
import { isSharded } from "./shards.ts";
import { wrap } from "./wrap.ts";

/** Whether the rows show it: LoRA by PEFT, over what it prepared or nobody did. */
const isRun = (scenario: Scenario): boolean => inStock(scenario) && isPreparedSo(scenario);

const isPreparedSo = ({ method }: Scenario): boolean =>
  tunerIdOf(method) === "lora" &&
  (method.kind !== "qlora" || method.kbitPreparation === "fp32" || method.kbitPreparation === "none");

/** What happens between loading and the first step: `prepare_model_for_kbit_training`, then `get_peft_model`. Shards are made of a model that has both behind it. */
export const prepare: MakeRunMoment = beforeSteps(({ workings, scenario: whole, asked, machine }) => {
  if (asked.loading === "none" || whole.method.kind === "full" || isFlat(whole) || isSharded(whole)) return null;
  const scenario = scenarioOfRank(workings, whole);
  const model = modelOfRun(workings, scenario, machine);
  const device = loadModel(model, scenario, machine);
  loadBeside(device, workings, scenario);
  device.endMoment();
  if (preparesKbit(scenario)) prepareKbit(device, modelTensors(model, scenario));
  wrap({ device, scenario, machine }, model);
  return { id: "prepare", ...device.endMoment(), hostBytes: bytes(0), basis: isRun(whole) ? "run" : "read" };
});
