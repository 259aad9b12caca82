import type { Module, ModelLayout } from "#calc/model/layout.ts";

/** Elements of a tensor. */
export const productOf = (shape: readonly number[]): number => shape.reduce((all, each) => all * each, 1);

const shapesIn = (module: Module): readonly (readonly number[])[] => {
  switch (module.kind) {
    case "linear":
      return [[module.out_features, module.in_features], ...(module.bias ? [[module.out_features]] : [])];
    case "embedding":
      return [[module.num_embeddings, module.embedding_dim]];
    case "experts":
    case "other":
      return module.tensors.map(({ shape }) => shape);
    default:
      return module satisfies never;
  }
};

/** The shape of each parameter of some modules, in order. */
const shapesOf = (modules: readonly Module[]): readonly (readonly number[])[] => modules.flatMap(shapesIn);

/** Parameters of some modules. */
export const elementsOf = (modules: readonly Module[]): number =>
  shapesOf(modules).reduce((all, shape) => all + productOf(shape), 0);

/** The shape of each parameter of a model, layer by layer in order. */
export const allShapes = ({ embeddings, layers, final, head }: ModelLayout): readonly (readonly number[])[] => [
  ...shapesOf(embeddings),
  ...layers.flatMap(({ count, modules }) => Array.from({ length: count }, () => shapesOf(modules)).flat()),
  ...shapesOf(final),
  ...(head.tied ? [] : shapesOf([head.module])),
];
