import { bytesPerParameter, type ParameterFormat } from "#calc/base/elements.ts";
import type { Scenario, Quantization } from "#calc/model/scenario.ts";
import type { TensorGroup, TensorRole } from "./base-tensors.ts";

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

/** A parameter of a run, and how the run keeps it once everything is loaded and prepared. */
export type PlannedTensor = TensorGroup &
  Readonly<{
    /** Of the model itself, of a tuner, a whole copy of what `modules_to_save` names, or one that all matrices of a tuner share. */
    origin: "base" | "adapter" | "copy" | "shared";
    trained: boolean;
    /** What it is kept in, unless it is quantised. */
    format: ParameterFormat;
    /** How it is packed; null where it is not. */
    quantization: Quantization | null;
    /** It is trained by its name alone: no gradient comes to it. */
    withoutGradient?: true;
  }>;

/** Trained tensors of one shape, `count` of them, with the bytes of one element in each of their roles. */
export type TrainedTensor = Readonly<{
  name: string;
  shape: readonly number[];
  elements: number;
  count: number;
  role: TensorRole;
  /** The kind of layer it stands in; null outside the layers. */
  layerKind: string | null;
  parameterBytes: number;
  gradientBytes: number;
  /** Bytes of one element of an optimizer state that has the parameter's shape. */
  stateBytes: number;
  /** True when the scenario, not the optimizer, says how states are kept. */
  isStateOverridden: boolean;
  /** Set where no gradient comes to it: PyTorch's optimizers pass it by. */
  withoutGradient?: true;
}>;

/** Whether a tensor has weight decay: all do but norms and biases. */
const decays = ({ role }: PlannedTensor): boolean => role !== "norm" && role !== "bias";

/**
 * Parameter groups of transformers' optimizers, those without tensors left out: what has weight decay, and norms and biases, which have none.
 *
 * @see transformers/trainer.py, `get_decay_parameter_names`
 */
export const parameterGroups = (tensors: readonly PlannedTensor[]): readonly (readonly PlannedTensor[])[] =>
  [tensors.filter(decays), tensors.filter((tensor) => !decays(tensor))].filter(({ length }) => length > 0);
