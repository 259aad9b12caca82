import type { IdentityKey } from "./identity.ts";

/** Names that were asked for and are not known, by link key, as it was written; empty where everything is known. */
export type Unknown = Readonly<Partial<Record<IdentityKey, string>>>;

/** True if nothing that was asked for by name is unknown. An architecture that no family covers is not seen here: `notKnownOf`. */
export const namesAreKnown = ({ unknown }: Readonly<{ unknown: Unknown }>): boolean =>
  Object.keys(unknown).length === 0;

/** Keys that one field of the choices has together. */
const FIELD_OF: Partial<Record<IdentityKey, string>> = { params: "model", arch: "model", vram: "gpu" };

/** The same without what new values of these fields replace: a person who chooses a model has named one that is known. */
export const withoutFields = (unknown: Unknown, fields: readonly string[]): Unknown =>
  Object.fromEntries(Object.entries(unknown).filter(([key]) => !fields.includes(FIELD_OF[key as IdentityKey] ?? key)));
