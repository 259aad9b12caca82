import { CUT, quoted } from "./codec/quoted.ts";

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

/** A text as it is kept: short enough for a link, the same when it is read again, and with the sign of a cut where it was longer. */
export const unknownText = (text: string): string => {
  const kept = quoted(text.trim());
  if (encodeURIComponent(kept).length <= LONGEST_ENCODED) return kept.trim();
  const signs = Array.from(kept);
  const cut = (): string => `${signs.join("").trim()}${CUT}`;
  if (kept.endsWith(CUT)) signs.pop();
  while (encodeURIComponent(cut()).length > LONGEST_ENCODED) signs.pop();
  return cut();
};
