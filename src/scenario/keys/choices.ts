import type { KEYS } from "./keys.ts";
import type { IdentityKey } from "./identity.ts";

/**
 * The choices of the user, key by key: exactly what a link can carry. `null` means "what the chosen stack does" (or, for `alpha`, 2r; for `shard`, what follows from
 * `gpus`), so that another stack brings its own values, and an override is seen as one.
 */
export type Choices = Readonly<{ [Name in ChoiceKey]: (typeof KEYS)[Name]["is"] }> &
  Readonly<{
    /** Names that a link or a file asked for and that are not known. The keys have their defaults; nothing is estimated. */
    unknown: Unknown;
  }>;

/** A key of the choices. */
export type ChoiceKey = keyof typeof KEYS;

/** A key of the link (docs/links.md): `v`, `model`, `params` ... Some keys of the choices have several. */
export type LinkKey = "v" | ChoiceKey | "params" | "arch" | "vram";

/** The texts that keys of a link are given. */
export type LinkTexts = Readonly<Partial<Record<LinkKey, string>>>;

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
