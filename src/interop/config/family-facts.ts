import { ALL_FAMILIES } from "#calc/families/all-families.ts";
import type { ConfigFacts } from "#calc/families/config-facts.ts";
import { given } from "#calc/families/none.ts";
import { LLAMA_FIELDS } from "#calc/families/parts/facts/config-fields.ts";

const TYPES = new Map(ALL_FAMILIES.flatMap(({ model_types }) => Object.entries(model_types)));

/** What is settled for a `model_type`; null for one that is not known. */
export const familyFacts = (model_type: string): ConfigFacts | null => given(TYPES.get(model_type)?.config) ?? null;

/** What an unknown family is taken to be. */
export const LLAMA_FACTS: ConfigFacts = { fields: LLAMA_FIELDS };
