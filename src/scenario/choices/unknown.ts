import { quoted } from "./quoted.ts";

/**
 * The link keys that say what is asked about. Where one names something that Headroom does not know, there is no estimate: the default in its place would
 * answer another question.
 */
export const IDENTITY_KEYS = [
  "model",
  "params",
  "arch",
  "method",
  "show",
  "stack",
  "quant",
  "gpu",
  "vram",
  "tuner",
  "objective",
  "teacher",
] as const;
export type IdentityKey = (typeof IDENTITY_KEYS)[number];

/** What was asked for and is not known, by link key, as it was written; empty where everything is known. */
export type Unknown = Readonly<Partial<Record<IdentityKey, string>>>;

export const isIdentityKey = (key: string): key is IdentityKey => IDENTITY_KEYS.some((each) => each === key);

/** True if nothing that was asked for by name is unknown. An architecture that no family covers is not seen here: `notKnownOf`. */
export const namesAreKnown = ({ unknown }: Readonly<{ unknown: Unknown }>): boolean =>
  Object.keys(unknown).length === 0;

/** Keys that one field of the choices has together. */
const FIELD_OF: Partial<Record<IdentityKey, string>> = { params: "model", arch: "model", vram: "gpu" };

/** The same without what new values of these fields replace: a person who chooses a model has named one that is known. */
export const withoutFields = (unknown: Unknown, fields: readonly string[]): Unknown =>
  Object.fromEntries(Object.entries(unknown).filter(([key]) => !fields.includes(FIELD_OF[key as IdentityKey] ?? key)));

/** Every key may be unknown, and the link still has to be under 2,000 characters. */
const LONGEST_ENCODED = 96;

/** A text as it is kept: short enough for a link, and the same when it is read again. */
export const unknownText = (text: string): string => {
  const signs = [...quoted(text.trim())];
  while (encodeURIComponent(signs.join("")).length > LONGEST_ENCODED) signs.pop();
  return signs.join("").trim();
};
