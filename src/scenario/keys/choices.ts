import type { KEYS } from "./keys.ts";
import type { Unknown } from "./unknown.ts";

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
