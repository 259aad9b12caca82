// Types of link codecs: readings and problems; untrusted text made safe to show.

import type { Architecture } from "#calc/model/architecture.ts";
import type { Catalog } from "#catalog/catalog.ts";

/** Texts by link key; only those that were given. */
export type Texts = Readonly<Partial<Record<string, string>>>;

/** A problem, and the key whose text has it. */
export type KeyedProblem = Problem & Readonly<{ key: string }>;

export type KeyedReading<Value> = Readonly<{ value?: Value; problems: readonly KeyedProblem[] }>;

/** What a link is read against: the rows that its names are looked up in, null for any name, and whether an architecture of its own makes a model. */
export type ReadAgainst = Readonly<{
  catalog: Catalog | null;
  isRunnable: (architecture: Architecture) => boolean;
  /** Whether a `model_type` is of a family that is known. */
  isKnown: (model_type: string) => boolean;
}>;

/** How a value is spelled in one or more link keys that belong together. */
export type KeyedCodec<Value> = Readonly<{
  keys: readonly string[];
  encode: (value: Value) => Texts;
  decode: (texts: Texts, against: ReadAgainst) => KeyedReading<Value>;
}>;

/** Names the key in each problem of a reading. */
export const problemsOf = (key: string, problems: readonly Problem[]): readonly KeyedProblem[] =>
  problems.map((problem) => ({ ...problem, key }));

/** A codec for the text of one key. */
export const keyedCodec = <Value>(key: string, codec: Codec<Value>): KeyedCodec<Value> => ({
  keys: [key],
  encode: (value) => ({ [key]: codec.encode(value) }),
  decode: (texts) => {
    const text = texts[key];
    if (text === undefined) return { problems: [] };
    const { problems, ...reading } = codec.decode(text);
    return { ...reading, problems: problemsOf(key, problems) };
  },
});

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
export const accepted = <Value>(value: Value): Reading<Value> => ({ value, problems: [] });

/** A text that nothing can be taken from. */
export const unreadable = (code: IssueCode, why: string): Reading<never> => ({ problems: [{ code, why }] });

/** As much of a bad value as a person needs to recognise it. */
const LONGEST = 80;

/** Ends a text that was cut off. */
export const CUT = "…";

/** Signs that a terminal obeys, that turn the direction of writing, or that are halves of a sign. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** Untrusted text made fit to be shown in a message: at most 80 characters, nothing that the page or a terminal would act on. */
export const quoted = (text: string): string => {
  const shown = text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}${CUT}` : text;
  return shown.replaceAll(UNPRINTABLE, "\uFFFD");
};
