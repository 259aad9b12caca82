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

/** True if a link key says what is asked about. */
export const isIdentityKey = (key: string): key is IdentityKey => IDENTITY_KEYS.some((each) => each === key);

/** Every key may be unknown, and the link still has to be under 2,000 characters. */
const LONGEST_ENCODED = 96;

/** A text as it is kept: short enough for a link, and the same when it is read again. */
export const unknownText = (text: string): string => {
  const signs = Array.from(quoted(text.trim()));
  while (encodeURIComponent(signs.join("")).length > LONGEST_ENCODED) signs.pop();
  return signs.join("").trim();
};
