import type { IdentityKey } from "#scenario/keys/identity.ts";
import { useScenario } from "#scenario/page/store.ts";

/** The name that was asked for under this link key and is not known, as it was written; undefined where it is known. */
export const useUnknown = (key: IdentityKey): string | undefined =>
  useScenario(({ choices: { unknown } }) => unknown[key]);
