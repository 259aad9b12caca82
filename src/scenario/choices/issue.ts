/** What can be wrong with untrusted input. One code a kind of problem; the message is made for people. */
export type IssueCode =
  | "unknown-value"
  | "out-of-range"
  | "not-a-number"
  | "unknown-key"
  | "duplicate-key"
  | "ignored-here"
  | "unknown-version"
  | "missing-field"
  | "assumed-field"
  | "not-json"
  | "too-large";

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

/** The result of parsing untrusted input: always a value, and what was wrong. */
export type Parsed<Value> = Readonly<{ value: Value; issues: readonly Issue[] }>;
