import type { Architecture } from "#calc/architecture.ts";
import { layoutOf } from "#calc/families/layout-of.ts";
import type { Module } from "#calc/families/model-layout.ts";
import { wholeArchitecture } from "./divided-architecture.ts";

/** How a module is divided over ranks: by its outputs, by its inputs, by the rows of its table, or each expert by its width. */
export type DivisionStyle = "columns" | "rows" | "vocabulary" | "experts";

const styleOf = (part: Module, whole: Module): DivisionStyle | null => {
  if (part.kind === "linear" && whole.kind === "linear") {
    if (part.out_features !== whole.out_features) return "columns";
    return part.in_features === whole.in_features ? null : "rows";
  }
  if (part.kind === "embedding") return "vocabulary";
  return part.kind === "experts" ? "experts" : null;
};

/** The modules of a rank that are divided, by name: those that are smaller than in the whole model. */
export const divisionStyles = (architecture: Architecture): ReadonlyMap<string, DivisionStyle> => {
  const [part, whole] = [layoutOf(architecture), layoutOf(wholeArchitecture(architecture))];
  const modulesOf = ({ embeddings, layers, head }: typeof part): readonly Module[] => [
    ...embeddings,
    ...layers.flatMap(({ modules }) => modules),
    head.module,
  ];
  const wholes = modulesOf(whole);
  return new Map(
    modulesOf(part).flatMap((module, index) => {
      const style = styleOf(module, wholes[index] as Module);
      return style === null ? [] : [[module.name, style] as const];
    }),
  );
};
