// Model code of an engine: lookup by model type, cached layouts, each layer of a model in order, tensor plans.

import type { ModelLayout, Module } from "#calc/model/layout.ts";
import { type Architecture, isScored, isPart } from "#calc/model/architecture.ts";
import type { Forward } from "#calc/modules/forward.ts";
import { layersInOrder, scoredLayout, withSkippedModules } from "./model-layout.ts";
import { assert } from "#calc/base/guards.ts";
import { onceForEach } from "#calc/base/caches.ts";
import type { ModellingId } from "#calc/model/scenario.ts";
import {
  type Family,
  type ModelType,
  type Modelling,
  type OtherModelling,
  type OtherModellings,
  knownFact,
  type TensorPlan,
} from "./family.ts";

/** The model code that an engine was created with, and a cache of layouts. */
export type Families = Readonly<{
  /** Whether this type has code of its own. */
  isKnown: (model_type: string) => boolean;
  /** The facts of a type; undefined for an unknown one. */
  findModelType: (model_type: string) => ModelType | undefined;
  /** As `findModelType`; for an unknown type that of the longest known type with which its name begins: a later model can do no more than its forebear. */
  findKin: (model_type: string) => ModelType | undefined;
  /** Whether a type can be run: by its own code, or as a Llama of its fields. */
  canRun: (model_type: string) => boolean;
  /** Whether the engine has modelling code of that name; it always has that of transformers 5. */
  hasModelling: (id: ModellingId) => boolean;
  /** The modelling code of a `model_type`; for an unknown type that of a Llama. `id`: whose code, transformers 5 by default. */
  modellingOf: (model_type: string, id?: ModellingId) => Modelling;
  /** All parameters of a model, or of a rank's part of one, module by module, as its family's modelling code creates them. */
  layoutOf: (architecture: Architecture) => ModelLayout;
  /** The architecture under a library's own type, where the library has model code for it (`llama` as `litgpt/llama`); else unchanged. */
  modelled: (architecture: Architecture, id?: ModellingId) => Architecture;
}>;

/** The type whose code runs every type that has none of its own. */
const UNKNOWN = "unknown";

/** Changes the type of an architecture. Returns the same object each time, so that caches that are keyed by it find it again. */
const typeChanger = (): ((architecture: Architecture, model_type: string) => Architecture) => {
  const changed = onceForEach<Architecture, Map<string, Architecture>>(() => new Map());
  return (architecture, model_type) => {
    const known = changed(architecture);
    const found = known.get(model_type) ?? { ...architecture, model_type };
    known.set(model_type, found);
    return found;
  };
};

/** The code of every type of these families, by the type's name. */
const byType = (families: readonly Family[]): ReadonlyMap<string, Modelling> =>
  new Map(
    families.flatMap((family) =>
      Object.entries(family.model_types).map(([model_type, type]) => [
        model_type,
        { family, forward: type.forward, type },
      ]),
    ),
  );

/** Puts families together, and the modelling code of older versions and other libraries. */
export const createFamilies = (families: readonly Family[], others: OtherModellings): Families => {
  const known = byType(families);
  const otherCode = new Map<string, OtherModelling>(Object.entries(others));
  const isKnown: Families["isKnown"] = (model_type) => known.has(model_type);
  const modellingOf: Families["modellingOf"] = (model_type, id = "transformers") => {
    const modelling = known.get(model_type) ?? known.get(UNKNOWN);
    assert(modelling !== undefined, `somebody knows the code of ${model_type}`);
    if (id === "transformers") return modelling;
    const other = otherCode.get(id);
    assert(other !== undefined, `somebody knows the modelling code of ${id}`);
    return { ...modelling, forward: other(modelling) };
  };
  const findModelType: Families["findModelType"] = (model_type) => known.get(model_type)?.type;
  const withType = typeChanger();
  return {
    isKnown,
    findModelType,
    findKin: (model_type) => {
      for (let end = model_type.length; end > 0; end--) {
        const kin = findModelType(model_type.slice(0, end));
        if (kin !== undefined) return kin;
      }
      return undefined;
    },
    canRun: (model_type) => isKnown(model_type) || known.has(UNKNOWN),
    hasModelling: (id) => id === "transformers" || otherCode.has(id),
    modellingOf,
    layoutOf: onceForEach((architecture: Architecture): ModelLayout => {
      const own = isPart(architecture) ? architecture.layout : null;
      if (own !== null) return own;
      const { family, forward } = modellingOf(architecture.model_type);
      const layout = withSkippedModules(family.layout(architecture), architecture, forward);
      return isScored(architecture) ? scoredLayout(layout, architecture.num_labels) : layout;
    }),
    modelled: (architecture, id = "transformers") => {
      const model_type = `${id}/${architecture.model_type}`;
      return isKnown(model_type) ? withType(architecture, model_type) : architecture;
    },
  };
};

/** One layer of a model. Layers of one `kind` have the same modules and the same attention, so they take the same memory. */
export type ChainLayer = Readonly<{
  kind: string;
  modules: readonly Module[];
  /** Whether it keeps all that it saves, while other layers are checkpointed. */
  keepsAll?: boolean;
}>;

/** Every layer of the model in order. Its kind says which layout and which attention it has. */
export const chainLayers = onceForEach((families: Families) =>
  onceForEach((architecture: Architecture) =>
    onceForEach((forward: Forward): readonly ChainLayer[] =>
      layersInOrder(families.layoutOf(architecture).layers, architecture, forward).map(({ kind, modules }, index) => ({
        kind: `${kind} ${forward.attentionKind?.(architecture, index) ?? ""}`,
        modules,
      })),
    ),
  ),
);

/** How the matrices of a type of model are divided over ranks; undefined where they cannot be. */
export const tensorPlan = ({ findModelType }: Families, model_type: string): TensorPlan | undefined =>
  knownFact(findModelType(model_type)?.tensorParallel);
