import type { Family } from "./family.ts";
import { gemma } from "#calc/families/gemma/forward.ts";
import { gemma2 as gemma2Forward, gemma3 as gemma3Forward } from "#calc/families/gemma2/forward.ts";
import type { ModellingId } from "#calc/model/scenario.ts";
import type { Forward } from "#calc/modules/forward.ts";
import { llama as llamaForward } from "#calc/families/llama/forward.ts";
import { phi3 as phi3Forward } from "#calc/families/phi3/forward.ts";
import { gemma2 } from "#calc/families/gemma2/tensors.ts";
import { llama } from "#calc/families/llama/tensors.ts";
import { phi3 } from "#calc/families/phi3/tensors.ts";

/** A model type: its parameters, and its forward pass. */
type Modelling = Readonly<{ family: Family; forward: Forward }>;

const KNOWN = new Map<string, Modelling>();

/** Makes families known by their `model_type`s; a type without a forward pass of its own has Llama's, which differs in the config only. */
export const addFamilies = (families: readonly Family[], forwards: Readonly<Record<string, Forward>>): void => {
  for (const family of families)
    for (const model_type of family.model_types)
      KNOWN.set(model_type, { family, forward: family.forward ?? forwards[model_type] ?? llamaForward });
};

addFamilies([llama, gemma2, phi3], {
  gemma,
  gemma2: gemma2Forward,
  gemma3: gemma3Forward,
  gemma3_text: gemma3Forward,
  phi3: phi3Forward,
});

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
