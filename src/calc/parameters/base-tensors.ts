import type { LinearModule, Module, ModelLayout } from "#calc/model/layout.ts";
import { modulesOf } from "#calc/families/model-layout.ts";
import { onceForEach } from "#calc/base/caches.ts";

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
export type TensorRole = "linear" | "experts" | "embedding" | "head" | "norm" | "bias" | "adapter" | "other";

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
