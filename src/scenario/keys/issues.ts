// Issues of untrusted input, and the keys whose unknown names leave nothing to estimate.

import { CUT, quoted, type IssueCode } from "./codec/codec.ts";

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

/** One problem with the input, and what was used instead. Never an exception: the page and the terminal show it. */
export type Issue = Readonly<{
  code: IssueCode;
  key: string;
  /** As it was given, shortened to 80 characters. */
  value: string;
  /** As it was taken, in the link's own spelling; empty when nothing was. */
  used: string;
  /** A clear sentence: key, value, what is used. */
  message: string;
}>;

/** True if an issue only says that something asked for by name is not known, which the answer says itself. */
export const isNotKnownIssue = ({ code, key, used }: Issue): boolean =>
  code === "unknown-family" ||
  (isIdentityKey(key) && code !== "ignored-here" && code !== "duplicate-key" && used === "");

/** The result of parsing untrusted input: always a value, and what was wrong. */
export type Parsed<Value> = Readonly<{ value: Value; issues: readonly Issue[] }>;
