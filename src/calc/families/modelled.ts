import type { Architecture } from "#calc/architecture.ts";
import { onceForEach } from "#calc/once-for-each.ts";
import { isKnown } from "./known-families.ts";

/** Libraries with modelling code of their own that is known here; every other runs transformers'. */
export type Modelling = "litgpt";

const KNOWN = {
  litgpt: onceForEach((a: Architecture): Architecture => ({ ...a, model_type: `litgpt/${a.model_type}` })),
};

/**
 * The architecture as a library's own modelling code runs it; as transformers' does where the library has none, where it does not know the type, or
 * until `all-families.ts` has been loaded.
 */
export const modelled = (architecture: Architecture, modelling: Modelling | undefined): Architecture =>
  modelling !== undefined && isKnown(`${modelling}/${architecture.model_type}`)
    ? KNOWN[modelling](architecture)
    : architecture;
