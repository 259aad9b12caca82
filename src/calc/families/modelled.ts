import type { Architecture } from "#calc/model/architecture.ts";
import { onceForEach } from "#calc/base/once-for-each.ts";
import type { ModellingId } from "#calc/model/scenario.ts";
import { isKnown } from "./known-families.ts";

const typeOf = (id: ModellingId, { model_type }: Architecture): string => `${id}/${model_type}`;

const BY_ID = new Map<ModellingId, (architecture: Architecture) => Architecture>();

/** The same architecture each time, so that what is remembered of it is found again. */
const renamed = (id: ModellingId): ((architecture: Architecture) => Architecture) => {
  const known = BY_ID.get(id) ?? onceForEach((a: Architecture): Architecture => ({ ...a, model_type: typeOf(id, a) }));
  BY_ID.set(id, known);
  return known;
};

/**
 * The architecture with the modules of a library that has model code of its own for its type (`litgpt/llama`): as it is where the library has none, and
 * until `all-families.ts` has been loaded.
 */
export const modelled = (architecture: Architecture, id: ModellingId = "transformers"): Architecture =>
  isKnown(typeOf(id, architecture)) ? renamed(id)(architecture) : architecture;
