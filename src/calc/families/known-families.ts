import type { Family } from "./family.ts";
import { gemma } from "#calc/families/gemma/gemma.ts";
import { gemma2 } from "#calc/families/gemma2/gemma2.ts";
import { llama } from "#calc/families/llama/llama.ts";
import type { ModelType } from "./model-type.ts";
import { phi3 } from "#calc/families/phi3/phi3.ts";
import type { ModellingId } from "#calc/model/scenario.ts";
import type { Forward } from "#calc/modules/forward.ts";
import { llama as llamaForward } from "#calc/families/llama/forward.ts";

/** A model type: its family's parameters, its forward pass, and what else is known of it. */
type Modelling = Readonly<{ family: Family; forward: Forward }>;

const KNOWN = new Map<string, Modelling & Readonly<{ type: ModelType }>>();

/** Makes families known by their `model_type`s. */
export const addFamilies = (families: readonly Family[]): void => {
  for (const family of families)
    for (const [model_type, type] of Object.entries(family.model_types))
      KNOWN.set(model_type, { family, forward: type.forward, type });
};

addFamilies([llama, gemma, gemma2, phi3]);

/** Llama's, until the one that takes whatever a config tells has been loaded. */
const LLAMA: Modelling = { family: llama, forward: llamaForward };

/** What other modelling code makes of the forward pass of transformers 5. */
export type OtherModelling = (forward: Forward, model_type: string) => Forward;

const OTHERS = new Map<string, OtherModelling>();

/** Makes other modelling code known: older versions of transformers, other libraries. */
export const addModellings = (modellings: Readonly<Partial<Record<ModellingId, OtherModelling>>>): void => {
  for (const [id, modelling] of Object.entries(modellings)) OTHERS.set(id, modelling);
};

/** Whether modelling code of that name is here: that of transformers 5 always, all other once `all-families.ts` has been loaded. */
export const isModellingKnown = (id: ModellingId = "transformers"): boolean => id === "transformers" || OTHERS.has(id);

/**
 * The modelling code that a `model_type` names; for a type that we do not know, a Llama-like one. That of the models of the first screen is here from
 * the start, all other once `all-families.ts` has been loaded, which the full catalog does. `id`: whose code.
 */
export const modellingOf = (model_type: string, id: ModellingId = "transformers"): Modelling => {
  const modelling = KNOWN.get(model_type) ?? KNOWN.get("unknown") ?? LLAMA;
  const other = OTHERS.get(id);
  return other === undefined ? modelling : { ...modelling, forward: other(modelling.forward, model_type) };
};

/** Whether this type's modelling code is here. */
export const isKnown = (model_type: string): boolean => KNOWN.has(model_type);

/** What is known of a `model_type`; undefined for one that we do not know. */
export const findModelType = (model_type: string): ModelType | undefined => KNOWN.get(model_type)?.type;

/** What is known of a `model_type`, or of the one whose name a later model's begins with: what cannot run there cannot here. */
export const findKin = (model_type: string): ModelType | undefined => {
  for (let end = model_type.length; end > 0; end--) {
    const kin = findModelType(model_type.slice(0, end));
    if (kin !== undefined) return kin;
  }
  return undefined;
};
