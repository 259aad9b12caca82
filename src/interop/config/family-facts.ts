import type { ConfigFacts } from "#calc/model/config-facts.ts";
import { ENGINE } from "#calc/whole-engine.ts";

/** What is settled for a `model_type`; null for one that is not known. */
export const familyFacts = (model_type: string): ConfigFacts | null => ENGINE.configFacts(model_type);

/** What an unknown family is taken to be: a Llama. */
export const LLAMA_FACTS: ConfigFacts = { fields: ENGINE.configFacts("llama")?.fields ?? {} };
