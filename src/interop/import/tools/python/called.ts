import type { Finding } from "#interop/import/finding.ts";
import type { Source, SourceField } from "#interop/import/source.ts";
import { within } from "#interop/import/within.ts";

/** The calls of a code; no other file has any. */
const callsOf = ({ calls = [] }: Source): NonNullable<Source["calls"]> => calls;

/** The name of the first call of this kind. */
export const callName = (source: Source, kind: RegExp): string | undefined =>
  callsOf(source).find(({ name }) => kind.test(name))?.name;

/** The arguments of the first call of this kind, by their names; empty where there is none. */
export const argumentsOf = (source: Source, kind: RegExp): Source => {
  const name = callName(source, kind);
  return name === undefined ? { ...source, fields: new Map() } : within(source, name);
};

/** A call as a field, to say something of it. */
export const callField = (source: Source, kind: RegExp): SourceField | undefined => {
  const call = callsOf(source).find(({ name }) => kind.test(name));
  return call && { file: source.file, path: call.name, value: "…", line: call.line };
};

/** Fields of several calls as one; of the same name the first call's counts. */
export const together = (source: Source, parts: readonly Source[]): Source => ({
  ...source,
  fields: new Map([...parts].reverse().flatMap(({ fields }) => [...fields])),
});

/** Arguments of a call whose kind was called before. */
export const laterCalls = (source: Source): readonly Finding[] =>
  [...source.fields.values()].flatMap((field): readonly Finding[] =>
    /\(\d+\)\./.test(field.path)
      ? [{ kind: "ignored", field, sentence: "Another call of this kind comes before it, and counts." }]
      : [],
  );

/** These names as arguments of each of these calls. */
export const harmlessOf = (calls: readonly string[], names: readonly string[]): readonly string[] =>
  calls.flatMap((call) => names.map((name) => `${call}.${name}`));
