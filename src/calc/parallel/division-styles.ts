import type { Architecture } from "#calc/model/architecture.ts";
import { moduleTensors } from "#calc/parameters/base-tensors.ts";
import type { Families } from "#calc/families/families.ts";
import type { ModelLayout, Module } from "#calc/model/layout.ts";
import { wholeArchitecture } from "#calc/model/part-of-model.ts";
import { tensorPlan } from "#calc/families/tensor-plan-of.ts";

/**
 * How a module is divided over ranks.
 *
 * - `columns`: by its outputs, which stay divided. `gathered`: by its outputs, which are gathered.
 * - `rows`: by its inputs, which are divided already. `split`: by its inputs, which are whole and split first.
 * - `vocabulary`: by the rows of its table. `experts`: each expert by its width.
 * - `shared`: not divided, but its output goes to heads that are.
 */
export type DivisionStyle = "columns" | "gathered" | "rows" | "split" | "vocabulary" | "experts" | "shared";

const elementsOf = (module: Module): number =>
  moduleTensors(module).reduce((sum, { shape }) => sum + shape.reduce((product, size) => product * size, 1), 0);

/** How a module is divided, from its sizes on a rank and in the whole model; null where they are equal. */
const styleOf = (part: Module, whole: Module): DivisionStyle | null => {
  if (elementsOf(part) === elementsOf(whole)) return null;
  if (part.kind === "linear" && whole.kind === "linear")
    return part.out_features === whole.out_features ? "rows" : "columns";
  if (part.kind === "embedding") return "vocabulary";
  // Whole experts, which ranks share out, are not cut.
  return part.kind === "experts" && whole.kind === "experts" && part.num_experts === whole.num_experts
    ? "experts"
    : null;
};

/** The divided modules, by name: those that the plan names, and those that are smaller on a rank than in the whole model. */
export const divisionStyles = (families: Families, architecture: Architecture): ReadonlyMap<string, DivisionStyle> => {
  const [part, whole] = [architecture, wholeArchitecture(architecture)].map(families.layoutOf) as [
    ModelLayout,
    ModelLayout,
  ];
  const { gathers = [], splits = [], shares, head } = tensorPlan(families, architecture.model_type) ?? {};
  const gathered = new Set([...gathers, ...(head === "whole" ? [] : [part.head.module.name])]);
  const named = (name: string): DivisionStyle | null => {
    if (gathered.has(name)) return "gathered";
    if (splits.includes(name)) return "split";
    return name === shares ? "shared" : null;
  };
  const modulesOf = ({ embeddings, layers, head }: ModelLayout): readonly Module[] => [
    ...embeddings,
    ...layers.flatMap(({ modules }) => modules),
    head.module,
  ];
  const wholes = modulesOf(whole);
  return new Map(
    modulesOf(part).flatMap((module, index) => {
      const style = named(module.name) ?? styleOf(module, wholes[index] as Module);
      return style === null ? [] : [[module.name, style] as const];
    }),
  );
};
