import type { LinkKey } from "#scenario/keys/choices.ts";
import { isIdentityKey, unknownText } from "#scenario/keys/identity.ts";
import type { Finding } from "./finding.ts";
import type { Plain, Source, SourceField } from "./source.ts";

/** What a value is in the link; null: nothing (it is off, or left to the tool); otherwise why it is not modelled, and what is counted in its place. */
export type Taken =
  | string
  | null
  | Readonly<{ notModelled: string; counted?: Readonly<{ text: string; sentence: string }> }>;

/** A field that says one key of the link. */
export type FieldRule = Readonly<{
  /** Its names, the present one first; where a file has several, the first of them counts. */
  field: string | readonly string[];
  key: LinkKey;
  take: (value: Plain) => Taken;
  /** The tool's default where the file has no such field, or null in it, and where that default stands. */
  otherwise?: Readonly<{ text: string; sentence: string }>;
  /** The field is a length, and none in it (None, null) means that rows are not cut. */
  isLength?: true;
}>;

/** The first of these fields that a file has. */
export const fieldOf = (source: Source, names: string | readonly string[]): SourceField | undefined =>
  [names]
    .flat()
    .map((name) => source.fields.get(name))
    .find((field) => field !== undefined);

/** The value of the first of these fields; undefined where there is none, and where it is null. */
export const valueOf = (source: Source, names: string | readonly string[]): Plain | undefined =>
  fieldOf(source, names)?.value ?? undefined;

/** True of None, null and ~, as Python, YAML and command lines write them. */
export const isNone = (value: Plain): boolean =>
  value === null || (typeof value === "string" && /^(none|null|~)$/i.test(value.trim()));

/** "yes" and the like of YAML 1.1 come as booleans; command lines have words. */
export const isOn = (value: Plain | undefined): boolean =>
  value === true || (typeof value === "string" && /^(true|1|yes|on)$/i.test(value)) || value === 1;

const asText = (value: Plain): string => (typeof value === "string" ? value : JSON.stringify(value));

const LEFT_OPEN = "It is off, or left to the tool.";

/** What a field says of a key. */
export const readAs = (field: SourceField, key: LinkKey, taken: Taken): readonly Finding[] => {
  if (taken === null) return [{ kind: "ignored", field, sentence: LEFT_OPEN }];
  if (typeof taken === "string") return [{ kind: "read", field, key, text: taken }];
  return isIdentityKey(key)
    ? [{ kind: "unknown", field, key, text: unknownText(asText(field.value)), sentence: taken.notModelled }]
    : [{ kind: "not-modelled", field, sentence: taken.notModelled }];
};

/** The tool's default; of a field that leaves it to the tool, where there is one. */
const assume = ({ key, otherwise }: FieldRule, field?: SourceField): readonly Extract<Finding, { kind: "assumed" }>[] =>
  otherwise === undefined ? [] : [{ kind: "assumed", key, ...otherwise, ...(field && { field }) }];

const readTaken = (field: SourceField, rule: FieldRule, taken: Taken): readonly Finding[] => {
  const said = readAs(field, rule.key, taken);
  if (taken === null) return rule.otherwise === undefined ? said : assume(rule, field);
  // The default in the place of an identity that is not known would answer another question.
  if (typeof taken === "string" || isIdentityKey(rule.key)) return said;
  return [...said, ...assume(taken.counted === undefined ? rule : { ...rule, otherwise: taken.counted })];
};

const readRule = (source: Source, rule: FieldRule): readonly Finding[] => {
  const field = fieldOf(source, rule.field);
  if (field === undefined) return assume(rule);
  if (rule.isLength && isNone(field.value)) return [{ kind: "uncut", field }];
  return readTaken(field, rule, field.value === null ? null : rule.take(field.value));
};

/** Reads the fields that each say one key, in this order. */
export const readFields = (source: Source, rules: readonly FieldRule[]): readonly Finding[] =>
  rules.flatMap((rule) => readRule(source, rule));
