import type { Finding } from "./finding.ts";
import { isOn } from "./read-fields.ts";
import type { Plain, Source } from "./source.ts";
import { numberOf } from "./take.ts";

const OFF = "As it is set here it changes no memory.";

/** A field that changes memory in a way that no key says; or several of which the same is said. */
export type Unmodelled = Readonly<{
  field: string | readonly string[];
  /** With which of its values. */
  when: (value: Plain) => boolean;
  sentence: string;
}>;

/** Any value but null, false, nothing, and the words for them. */
export const isSet = (value: Plain): boolean =>
  value !== null &&
  value !== false &&
  value !== "" &&
  !(typeof value === "string" && /^(none|null|false|no|off)$/i.test(value)) &&
  !(typeof value === "object" && Object.keys(value).length === 0);

/** A number above 0. */
export const isPositive = (value: Plain): boolean => (numberOf(value) ?? 0) > 0;

/** A number above 1: of ranks, stages, copies. */
export const isSeveral = (value: Plain): boolean => (numberOf(value) ?? 1) > 1;

/** A switch that is on. */
export const isOnField = (value: Plain): boolean => isOn(value);

/** What of these fields is on; those that are off have no effect. */
export const readUnmodelled = (source: Source, list: readonly Unmodelled[]): readonly Finding[] =>
  list.flatMap(({ field: names, when, sentence }) =>
    [names].flat().flatMap((name): readonly Finding[] => {
      const field = source.fields.get(name);
      if (field === undefined) return [];
      return [
        when(field.value) ? { kind: "not-modelled", field, sentence } : { kind: "ignored", field, sentence: OFF },
      ];
    }),
  );

/** Fields without effect of which there is something to say. */
export const readAside = (source: Source, sentences: Readonly<Record<string, string>>): readonly Finding[] =>
  Object.entries(sentences).flatMap(([name, sentence]): readonly Finding[] => {
    const field = source.fields.get(name);
    return field === undefined ? [] : [{ kind: "ignored", field, sentence }];
  });
