import { bytesPerParameter } from "#calc/base/dtype.ts";
import type { Scenario } from "#calc/model/scenario.ts";
import type { PlannedTensor } from "./planned-tensor.ts";
import type { TrainedTensor } from "./trained-tensor.ts";

/** Bytes of an element of each state: as the scenario says, else fp32 beside fp32 masters, else the parameter's own. */
const stateBytesOf = (scenario: Scenario, parameterBytes: number): number => {
  if (typeof scenario.optimizerStates === "string") return bytesPerParameter(scenario.optimizerStates);
  return Math.max(parameterBytes, scenario.masterWeightBytes);
};

const trainedTensor = (scenario: Scenario, tensor: PlannedTensor): TrainedTensor => {
  const parameterBytes = bytesPerParameter(tensor.format);
  return {
    name: tensor.name,
    shape: tensor.shape,
    elements: tensor.elements,
    count: tensor.count,
    role: tensor.role,
    layerKind: tensor.layerKind,
    parameterBytes,
    gradientBytes: scenario.gradients === null ? parameterBytes : bytesPerParameter(scenario.gradients),
    stateBytes: stateBytesOf(scenario, parameterBytes),
    isStateOverridden: scenario.optimizerStates !== null,
    // DeepSpeed flattens all that it trains, and fills what has no gradient with zeros.
    ...(tensor.withoutGradient && !scenario.sharding.startsWith("zero") && { withoutGradient: true }),
  };
};

/**
 * Tensors as the optimizer sees them: every base tensor under full fine-tuning, otherwise the adapters and the copies of `modules_to_save`. Gradients have
 * the parameter's dtype unless the scenario says otherwise; so have states.
 *
 * @see torch/csrc/autograd/functions/accumulate_grad.h (a gradient takes its variable's dtype); peft/tuners/tuners_utils.py,
 * `cast_adapter_dtype` (adapters only, not copied modules).
 */
export const trainedTensors = (scenario: Scenario, tensors: readonly PlannedTensor[]): readonly TrainedTensor[] =>
  tensors.map((tensor) => trainedTensor(scenario, tensor));
