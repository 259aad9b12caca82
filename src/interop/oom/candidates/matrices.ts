import type { Module, ModelLayout } from "#calc/model/layout.ts";

/** A parameter of a model, each shape once: its name, and how many numbers it has. */
export type Matrix = Readonly<{
  name: string;
  shape: readonly number[];
  elements: number;
  /** One expert's, as version 4 of transformers and checkpoints have them; `stack`: those of all experts of a layer. */
  of: "linear" | "embedding" | "expert" | "stack";
}>;

const matrix = (name: string, shape: readonly number[], of: Matrix["of"]): Matrix => ({
  name,
  shape,
  elements: shape.reduce((product, each) => product * each, 1),
  of,
});

const matricesIn = (module: Module): readonly Matrix[] => {
  switch (module.kind) {
    case "linear":
      return [matrix(module.name, [module.out_features, module.in_features], "linear")];
    case "embedding":
      return [matrix(module.name, [module.num_embeddings, module.embedding_dim], "embedding")];
    case "experts":
      return [
        ...module.tensors
          .filter(({ shape }) => shape.length === 3)
          .map(({ name, shape }) => matrix(`${module.name}.${name}`, shape, "stack")),
        ...(module.linears ?? []).map(({ name, out_features, in_features }) =>
          matrix(name, [out_features, in_features], "expert"),
        ),
      ];
    case "other":
      return [];
    default:
      return module satisfies never;
  }
};

/** All matrices of a model; of several of one shape the first. */
export const matricesOf = ({ embeddings, layers, final, head }: ModelLayout): readonly Matrix[] => {
  const modules = [...embeddings, ...layers.flatMap(({ modules: each }) => each), ...final, head.module];
  const found = new Map<string, Matrix>();
  for (const each of modules.flatMap(matricesIn)) {
    const key = `${each.of} ${[...each.shape].toSorted((one, other) => one - other).join("x")}`;
    if (!found.has(key)) found.set(key, each);
  }
  return [...found.values()];
};
