import { type Finding, type Source, type SourceField, sectionOf } from "#interop/import/read-fields.ts";

/** The calls of a code; no other file has any. */
const callsOf = ({ calls = [] }: Source): NonNullable<Source["calls"]> => calls;

/** The name of the first call of this kind. */
export const callName = (source: Source, kind: RegExp): string | undefined =>
  callsOf(source).find(({ name }) => kind.test(name))?.name;

/** The arguments of the first call of this kind, by their names; empty where there is none. */
export const argumentsOf = (source: Source, kind: RegExp): Source => {
  const name = callName(source, kind);
  return name === undefined ? { ...source, fields: new Map() } : sectionOf(source, name);
};

/** A call as a field, to say something of it. */
export const callField = (source: Source, kind: RegExp): SourceField | undefined => {
  const call = callsOf(source).find(({ name }) => kind.test(name));
  return call && { file: source.file, path: call.name, value: "…", line: call.line };
};

/** Fields of several calls as one; of the same name the first call's counts. */
export const mergedFields = (source: Source, parts: readonly Source[]): Source => ({
  ...source,
  fields: new Map([...parts].reverse().flatMap(({ fields }) => [...fields])),
});

const ANOTHER = "Another call of its kind is the training's, and counts.";

/** Arguments of calls of these kinds that are not the ones that count. */
export const otherCalls = (source: Source, kinds: readonly RegExp[], counting: readonly string[]): readonly Finding[] =>
  callsOf(source)
    .filter(({ name }) => {
      const kind = name.replace(/\(\d+\)$/, "");
      return !counting.includes(name) && (kind !== name || kinds.some((each) => each.test(kind)));
    })
    .flatMap(({ name }) => [...sectionOf(source, name).fields.values()])
    .map((field): Finding => ({ kind: "ignored", field, sentence: ANOTHER }));

/** What trainers are given beside their config: objects of the code. What says a key is none of them. */
export const objectsOfTrainers = (source: Source, saying: readonly string[]): readonly Finding[] =>
  callsOf(source)
    .filter(({ name }) => name.endsWith("Trainer"))
    .flatMap(({ name }) => [...sectionOf(source, name).fields])
    .flatMap(([name, field]): readonly Finding[] =>
      saying.includes(name)
        ? []
        : [{ kind: "ignored", field, sentence: "An object of the code, or how it makes rows." }],
    );

/** These names as arguments of each of these calls. */
export const harmlessOf = (calls: readonly string[], names: readonly string[]): readonly string[] =>
  calls.flatMap((call) => names.map((name) => `${call}.${name}`));
