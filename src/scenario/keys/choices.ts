// The type of all choices, with their defaults, ranges and the objectives they apply to.

import { KEYS, ORDER } from "./keys.ts";
import type { IdentityKey } from "./issues.ts";
import type { NumberRange, Shape, Apart, Key } from "./key.ts";
import type { Catalog } from "#catalog/catalog.ts";

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

/** The keys of further scenarios, held beside the first (`scenario/choices/encode-link.ts`): what differs from it. */
export const PINNED_KEYS = ["b", "c", "d"] as const;
export type PinnedKey = (typeof PINNED_KEYS)[number];

/** Further scenarios that fit beside the first. @internal */
export const MOST_PINNED = PINNED_KEYS.length;

/** Whether no other scenario fits beside the first and these. */
export const arePinsFull = (pinned: readonly Choices[]): boolean => pinned.length >= MOST_PINNED;

/** The choices of a link without keys. The build inlines the values (`vite.config.ts`). */
// Object.fromEntries loses which key has which value.
export const DEFAULT_CHOICES = {
  unknown: {},
  ...Object.fromEntries(ORDER.map((name) => [name, KEYS[name].is])),
} as Choices;

/** The keys whose values are numbers, or may be. */
type Numbers = {
  [Name in ChoiceKey]: (typeof KEYS)[Name]["shape"] extends { range: NumberRange } ? Name : never;
}[ChoiceKey];

/** The numbers that keys take, both ends included: the limits of the controls too. A build writes the numbers in its place (`vite.config.ts`). */
// Object.fromEntries loses which keys there are.
export const RANGES = Object.fromEntries(
  Object.entries<{ shape: Shape }>(KEYS).flatMap(([name, { shape }]) =>
    "range" in shape ? [[name, shape.range]] : [],
  ),
) as Readonly<Record<Numbers, NumberRange>>;

/** The keys that go with some objectives alone, and why, in canonical order. A build writes the pairs in its place (`vite.config.ts`). */
export const APARTS: readonly (readonly [ChoiceKey, Apart])[] = ORDER.flatMap((name) => {
  const { apart }: Key = KEYS[name];
  return apart === undefined ? [] : [[name, apart] as const];
});

/** True if a catalog has the rows that choices name. A name that is not known asks for all rows: the nearest may be any. */
export const hasKnownRows = (
  { models, gpus, complete }: Catalog,
  { model, gpu, teacher, unknown }: Pick<Choices, "model" | "gpu" | "teacher" | "unknown">,
): boolean =>
  (complete || namesAreKnown({ unknown })) &&
  (model.kind !== "catalog" || Object.hasOwn(models, model.id)) &&
  (teacher === null || Object.hasOwn(models, teacher)) &&
  (gpu.kind !== "catalog" || Object.hasOwn(gpus, gpu.id));
