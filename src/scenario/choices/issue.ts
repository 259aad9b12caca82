import type { IssueCode } from "#scenario/keys/codec/keyed-codec.ts";
import { isIdentityKey } from "#scenario/keys/identity.ts";

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
