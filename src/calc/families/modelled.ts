import type { Architecture } from "#calc/architecture.ts";
import type { ModellingId } from "#calc/scenario.ts";
import { isKnown } from "./known-families.ts";

const MADE = new WeakMap<Architecture, Map<ModellingId, Architecture>>();

/** The type of an architecture under other modelling code that has a layout of its own for it. */
const typeUnder = (modelling: ModellingId, model_type: string): string => `${modelling}/${model_type}`;

/**
 * The architecture as other modelling code lays its tensors out, under a type of its own; the same one where that lays them out as transformers 5 does,
 * or until `all-families.ts` has been loaded. The same object for the same architecture.
 */
export const modelled = (architecture: Architecture, modelling: ModellingId): Architecture => {
  const model_type = typeUnder(modelling, architecture.model_type);
  if (!isKnown(model_type)) return architecture;
  const made = MADE.get(architecture) ?? new Map<ModellingId, Architecture>();
  MADE.set(architecture, made);
  const known = made.get(modelling) ?? { ...architecture, model_type };
  made.set(modelling, known);
  return known;
};
