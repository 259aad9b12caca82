import type { Architecture } from "#calc/model/architecture.ts";
import type { Catalog } from "#catalog/catalog.ts";
import type { Codec, Problem } from "./codec.ts";

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
export const inKey = <Value>(key: string, codec: Codec<Value>): KeyedCodec<Value> => ({
  keys: [key],
  encode: (value) => ({ [key]: codec.encode(value) }),
  decode: (texts) => {
    const text = texts[key];
    if (text === undefined) return { problems: [] };
    const { problems, ...reading } = codec.decode(text);
    return { ...reading, problems: problemsOf(key, problems) };
  },
});
