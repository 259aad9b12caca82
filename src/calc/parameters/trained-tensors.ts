import type { TensorGroup } from "./tensor-group.ts";
import { bytesPerParameter, type ParameterFormat } from "#calc/base/dtype.ts";
import type { Scenario } from "#calc/model/scenario.ts";
import { adapterFormat } from "#calc/parameters/weights/adapter-format.ts";
import { baseFormat } from "#calc/parameters/weights/base-weights.ts";
import type { TrainedTensor } from "./trained-tensor.ts";

/** Bytes of an element of each state: as the scenario says, else fp32 beside fp32 masters, else the parameter's own. */
const stateBytesOf = (scenario: Scenario, parameterBytes: number): number => {
  if (typeof scenario.optimizerStates === "string") return bytesPerParameter(scenario.optimizerStates);
  return Math.max(parameterBytes, scenario.masterWeightBytes);
};

/** LoRA's own tensors are kept as the scenario says; copies of `modules_to_save`, and the base itself, as the base's tensor is. */
const formatOf = (scenario: Scenario, tensor: TensorGroup): ParameterFormat => {
  const { method } = scenario;
  return method.kind !== "full" && tensor.name.includes(".lora_")
    ? adapterFormat(method)
    : baseFormat(tensor, scenario);
};

const trainedTensor = (scenario: Scenario, group: TensorGroup): TrainedTensor => {
  const parameterBytes = bytesPerParameter(formatOf(scenario, group));
  return {
    name: group.name,
    shape: group.shape,
    elements: group.elements,
    count: group.count,
    role: group.role,
    layerKind: group.layerKind,
    parameterBytes,
    gradientBytes: scenario.gradients === null ? parameterBytes : bytesPerParameter(scenario.gradients),
    stateBytes: stateBytesOf(scenario, parameterBytes),
    isStateOverridden: scenario.optimizerStates !== null,
  };
};

/**
 * The tensors that the optimizer sees: every base tensor under full fine-tuning, otherwise the adapters and the copies of
 * `modules_to_save`. Gradients have the parameter's dtype unless the scenario says otherwise; so have states.
 *
 * @see torch/csrc/autograd/functions/accumulate_grad.h (a gradient takes its variable's dtype); peft/tuners/tuners_utils.py,
 * `cast_adapter_dtype` (adapters only, not copied modules).
 */
export const trainedTensors = (scenario: Scenario, groups: readonly TensorGroup[]): readonly TrainedTensor[] =>
  groups.map((group) => trainedTensor(scenario, group));
