// Parameter matrices of a model, and their shapes.

import type { Module, ModelLayout } from "#calc/model/layout.ts";
import { formatCount } from "#format/numbers.ts";
import { isPossibleSize } from "#interop/oom/request-range.ts";
import type { AskedOom, Candidate } from "./candidate.ts";

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

/** A way to keep or copy a matrix: bytes of an element, and what such a tensor is. */
export type Kept = Readonly<{
  /** Bytes of an element: 0.5 of 4 bit. */
  size: number;
  /** Part of the matrix that it is: 1, or a half of a stack that is put together from two. */
  part?: number;
  which: (matrix: Matrix) => boolean;
  of: (matrix: Matrix) => Omit<Candidate, "bytes" | "formula" | "fits" | "rows">;
}>;

const formulaOf = ({ shape }: Matrix, { size, part = 1 }: Kept): string => {
  const half = part === 1 ? "" : ` × ${part}`;
  return `${size} B × ${shape.map(formatCount).join(" × ")}${half}`;
};

/** Matrices of the model that can be what was asked for, kept in given ways. */
export const sizedMatrices = ({ subject, request }: AskedOom, ways: readonly Kept[]): readonly Candidate[] =>
  matricesOf(subject.layout).flatMap((matrix) =>
    ways
      .filter(
        ({ size, part = 1, which }) =>
          which(matrix) && isPossibleSize(request, Math.ceil(matrix.elements * size * part)),
      )
      .map((way) => ({
        ...way.of(matrix),
        bytes: Math.ceil(matrix.elements * way.size * (way.part ?? 1)),
        formula: formulaOf(matrix, way),
        fits: "fixed",
        rows: null,
      })),
  );

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
