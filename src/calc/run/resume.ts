import { bytesPerParameter } from "#calc/base/dtype.ts";
import { bytes } from "#calc/base/quantity.ts";
import { isFlat } from "#calc/model/is-flat.ts";
import type { Scenario } from "#calc/model/scenario.ts";
import { holdingsOf, stepInputOf } from "#calc/step/holdings-of.ts";
import { scenarioOfRank } from "#calc/step/strategy-of.ts";
import { inStock } from "./in-stock.ts";
import type { MakeRunMoment } from "./run-input.ts";
import { afterStep } from "./standing.ts";

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
export const resume: MakeRunMoment = ({ workings, scenario: whole, asked, machine, step }) => {
  if (!asked.resumes || isFlat(whole)) return null;
  const scenario = scenarioOfRank(workings, whole);
  const device = afterStep(workings, { scenario, machine, step });
  const { optimizer, kept } = holdingsOf(workings, stepInputOf(workings, scenario, machine));
  const size = Math.min(4, ...kept.states.map(({ format }) => bytesPerParameter(format)));
  if (scenario.gpus > 1 && scenario.sharding === "ddp" && areCast(scenario, size))
    device.free(device.allocateBlocks("optimizer states of the file", optimizer.bytes));
  return {
    id: "resume",
    ...device.endMoment(),
    hostBytes: bytes(scenario.gpus === 1 ? optimizer.bytes : 0),
    basis: inStock(whole) ? "run" : "read",
  };
};
