import type { LinearModule, Module, ModelLayout } from "#calc/model/layout.ts";
import { modulesOf } from "#calc/families/modules-of.ts";
import { onceForEach } from "#calc/base/once-for-each.ts";
import type { TensorGroup } from "./tensor-group.ts";

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
