// Parameter tensors of the base model, as a run plans them, and as the optimizer trains them.

import type { LinearModule, Module, ModelLayout } from "#calc/model/layout.ts";
import { modulesOf } from "#calc/families/model-layout.ts";
import { onceForEach } from "#calc/base/caches.ts";
import { bytesPerParameter, type ParameterFormat } from "#calc/base/dtypes.ts";
import type { Scenario, Quantization } from "#calc/model/scenario.ts";

/** One tensor of a module: what its group is made of. */
export type ModuleTensor = Pick<TensorGroup, "name" | "shape" | "role" | "kept">;

const linearTensors = (module: LinearModule, role: "linear" | "head"): readonly ModuleTensor[] => [
  {
    name: `${module.name}.weight`,
    shape: [module.out_features, module.in_features],
    role,
    ...((module.inherits || module.skipped) && { kept: "whole" }),
  },
  ...(module.bias ? [{ name: `${module.name}.bias`, shape: [module.out_features], role: "bias" } as const] : []),
];

/** The parameters of one module, each with its role. */
export const moduleTensors = (module: Module): readonly ModuleTensor[] => {
  switch (module.kind) {
    case "linear":
      return linearTensors(module, module.isHead ? "head" : "linear");
    case "embedding":
      return [
        { name: `${module.name}.weight`, shape: [module.num_embeddings, module.embedding_dim], role: "embedding" },
      ];
    case "experts":
    case "other": {
      const otherRole = module.kind === "other" && module.isNorm ? "norm" : "other";
      const role = module.kind === "experts" ? "experts" : otherRole;
      return module.tensors.map(({ name, shape, inFp32 }) => ({
        name: `${module.name}.${name}`,
        shape,
        role,
        ...(inFp32 && { kept: "fp32" }),
      }));
    }
    default:
      return module satisfies never;
  }
};

/** A tensor that occurs `count` times. */
export const tensorGroup = (
  { name, shape, role, kept }: ModuleTensor,
  count: number,
  layerKind: string | null,
): TensorGroup => {
  const elements = shape.reduce((product, size) => product * size, 1);
  const group = { name, shape, elements, count, role, layerKind };
  return kept === undefined ? group : { ...group, kept };
};

/** All parameters of the base model as tensors; a tied head's weight is the embedding's and is not listed again. */
export const baseTensors = onceForEach((layout: ModelLayout): readonly TensorGroup[] => {
  const { module, tied } = layout.head;
  return [
    ...modulesOf(layout).flatMap(({ module: each, count, layerKind }) =>
      moduleTensors(each).map((tensor) => tensorGroup(tensor, count, layerKind)),
    ),
    ...moduleTensors(module)
      .filter(({ role }) => !tied || role !== "head")
      .map((tensor) => tensorGroup(tensor, 1, null)),
  ];
});

/** What a tensor is, as far as storage rules tell tensors apart; a copy of `modules_to_save` is what it copies. */
type TensorRole = "linear" | "experts" | "embedding" | "head" | "norm" | "bias" | "adapter" | "other";

/**
 * Parameter tensors of one shape that occur `count` times in the model. The allocator rounds each to 512 B, 8-bit optimizers keep small ones
 * in fp32, and quantisation takes some roles only: so tensors are counted as tensors, not as one number.
 */
export type TensorGroup = Readonly<{
  /** As in the modelling code, without the layer's number: `self_attn.q_proj.weight` or `q_proj.weight`. */
  name: string;
  shape: readonly number[];
  /** Product of `shape`. */
  elements: number;
  count: number;
  role: TensorRole;
  /** What is done to it whatever the method: never quantised (a class that inherits from `nn.Linear`, a module that the checkpoint leaves in 16 bits), or fp32 whatever the model is loaded in. */
  kept?: "whole" | "fp32";
  /** The kind of layer it stands in; null outside the layers. */
  layerKind: string | null;
}>;

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
