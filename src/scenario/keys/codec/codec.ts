/** The kinds of problems in untrusted input. The message is for people. */
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
  /** An architecture whose fields are read and whose code nobody here knows. */
  | "unknown-family"
  | "not-json"
  | "too-large";

/** What is wrong with a value: continues the sentence that `key=value` begins ("is above 1024"). */
export type Problem = Readonly<{ code: IssueCode; why: string }>;

/** What a text was read as; no value where nothing can be taken from it, and the default holds. */
export type Reading<Value> = Readonly<{ value?: Value; problems: readonly Problem[] }>;

/** How a value is spelled in a link. `decode(encode(value))` is the value, without a problem; `decode` takes any text and never throws. */
export type Codec<Value> = Readonly<{ encode: (value: Value) => string; decode: (text: string) => Reading<Value> }>;

/** A text read without a problem. */
export const read = <Value>(value: Value): Reading<Value> => ({ value, problems: [] });

/** A text that nothing can be taken from. */
export const refused = (code: IssueCode, why: string): Reading<never> => ({ problems: [{ code, why }] });
