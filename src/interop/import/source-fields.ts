// Fields of a source file, what a reader finds in them, and the rules that turn a field into a setting.

import type { LinkKey } from "#scenario/keys/choices.ts";
import { isIdentityKey, unknownText, type IdentityKey } from "#scenario/keys/issues.ts";
import type { Catalog } from "#catalog/catalog.ts";

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
  take: (value: PlainValue) => Taken;
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
export const valueOf = (source: Source, names: string | readonly string[]): PlainValue | undefined =>
  fieldOf(source, names)?.value ?? undefined;

/** True of None, null and ~, as Python, YAML and command lines write them. */
export const isNone = (value: PlainValue): boolean =>
  value === null || (typeof value === "string" && /^(none|null|~)$/i.test(value.trim()));

/** "yes" and the like of YAML 1.1 come as booleans; command lines have words. */
export const isOn = (value: PlainValue | undefined): boolean =>
  value === true || (typeof value === "string" && /^(true|1|yes|on)$/i.test(value)) || value === 1;

const asText = (value: PlainValue): string => (typeof value === "string" ? value : JSON.stringify(value));

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

/** How much of a value is quoted. */
const LONGEST = 60;

/** A value as text: words as they are. */
export const wordOf = (value: PlainValue): string => (typeof value === "string" ? value : JSON.stringify(value));

/** A value as a sentence quotes it. */
export const quoted = (value: PlainValue): string => {
  const text = wordOf(value);
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
};

/** No number of a file of settings has more characters. */
const LONGEST_NUMBER = 40;

const NUMBER = /^[+-]?(?:[\d_]+(?:\.[\d_]+)?|\.[\d_]+)(?:e[+-]?\d+)?$/i;

/** A number, as a number or in words, as YAML 1.1 and command lines have it: "1_000", "1e-5". */
export const numberOf = (value: PlainValue | undefined): number | undefined => {
  if (typeof value === "number") return Number.isFinite(value) ? value : undefined;
  const word = typeof value === "string" ? value.trim() : "";
  if (word.length > LONGEST_NUMBER || !NUMBER.test(word)) return undefined;
  const number = Number(word.replaceAll("_", ""));
  return Number.isFinite(number) ? number : undefined;
};

/** A number as the link writes it. Ranges are the link's matter. */
export const takeNumber = (value: PlainValue): Taken => {
  const number = numberOf(value);
  return number === undefined ? { notModelled: `${quoted(value)} is not a number` } : String(number);
};

const OFF = /^(|false|0|no|off|none|null)$/i;

/** A switch: on or off. What a script works out while it runs is neither. */
export const takeFlag = (value: PlainValue): Taken => {
  if (isOn(value)) return "1";
  if (value === null || OFF.test(wordOf(value).trim())) return "0";
  return { notModelled: `${quoted(value)} is neither on nor off: it is only known when it runs.` };
};

/** One of several words, each with its text; null leaves it to the tool. */
export const takeWord =
  (texts: Readonly<Record<string, string | null>>) =>
  (value: PlainValue): Taken => {
    const word = wordOf(value);
    return Object.hasOwn(texts, word) ? (texts[word] ?? null) : { notModelled: `${quoted(value)} is not modelled` };
  };

/** Names, as a list or with commas. */
export const namesOf = (value: PlainValue): readonly string[] =>
  (Array.isArray(value) ? (value as readonly PlainValue[]).map(wordOf) : wordOf(value).split(","))
    .map((name) => name.trim())
    .filter((name) => name !== "");

/** One thing that a reader found in a file. */
export type Finding = Readonly<
  /** A field says what a key of the link is; `isPart`: a part of it, which another finding says whole. */
  | { kind: "read"; field: SourceField; key: LinkKey; text: string; isPart?: true }
  /** No field says it: the tool's own default, or what the page takes where there is none. `field`: what it follows from, if anything. */
  | { kind: "assumed"; key: LinkKey; text: string; sentence: string; field?: SourceField }
  /** A part of what a key says that no field says: listed as assumed; another finding sets the key. */
  | { kind: "filled"; key: LinkKey; sentence: string; field?: SourceField }
  /** A field that changes memory in a way that no key says. `names`: the only reason is that another file says it, which may be among those given; `unless`: none where another file says this key. */
  | { kind: "not-modelled"; field: SourceField; sentence: string; names?: string; unless?: LinkKey }
  /**
   * Something is asked for that is not known, as it is written; empty: nothing is named. It is kept under its key, and nothing is estimated. `field`: absent
   * where no field names it; `unless`: not so where another file says this key.
   */
  | { kind: "unknown"; field?: SourceField; key: IdentityKey; text: string; sentence: string; unless?: LinkKey }
  /** A field says that rows are not cut: they are as long as the model takes. */
  | { kind: "uncut"; field: SourceField }
  /** A field without effect on memory. */
  | { kind: "ignored"; field: SourceField; sentence: string }
  /** The file cannot become a scenario at all. */
  | { kind: "refused"; field: SourceField | null; sentence: string }
>;

/** A value as files of settings have it. */
export type PlainValue =
  | string
  | number
  | boolean
  | null
  | readonly PlainValue[]
  | Readonly<{ [name: string]: PlainValue }>;

/** One field of a file. Sections are not fields: what is in them is. */
export type SourceField = Readonly<{
  file: string;
  /** Sections and name, with points between: "fsdp_config.fsdp_version"; of a call "FastLanguageModel.from_pretrained.load_in_4bit". */
  path: string;
  value: PlainValue;
  /** Counted from 1. */
  line: number;
}>;

/** What a text is written in. `command`: a shell's; `python`: calls with literals, read as text. */
type SourceFormat = "yaml" | "json" | "toml" | "command" | "python";

/** A file, or what was pasted, as fields with their places: all that readers of tools see of it. */
export type Source = Readonly<{
  file: string;
  format: SourceFormat;
  fields: ReadonlyMap<string, SourceField>;
  /** Lines that are comments alone, as they are written, where a reader asks for them; they set nothing. */
  comments?: readonly Readonly<{ line: number; text: string }>[];
  /** Of JSON the text itself, for a reader that has places in it. */
  text?: string;
  /** What stands beside the fields and is not read, and why. */
  asides?: readonly Readonly<{ field: SourceField; sentence: string }>[];
  /** Of Python the calls that fields are arguments of, in their order; of a kind called again "SFTConfig(2)". */
  calls?: readonly Readonly<{ name: string; line: number }>[];
  /** Of a command the name of the file among those given that it starts. */
  starts?: string;
  /** Of a file the words of the command among those given that starts it. */
  startedBy?: SourceField;
}>;

/** What was to be imported: a name to call it by, and its text. */
export type GivenFile = Readonly<{ name: string; text: string }>;

/** Why a text is not read: a sentence, and the line that it is about. `reason`: set where the text is readable, and what it trains is not known. */
export type Refusal = Readonly<{ file: string; line: number | null; sentence: string; reason?: "not-known" }>;

export const isRefusal = (read: Source | Refusal): read is Refusal => "sentence" in read;

/** What a tool does where its files say nothing, and where that stands. */
export type Default = Readonly<{ text: string; sentence: string }>;

/**
 * Defaults of one source of a tool: `defaultsOf("TRL's default (1.10, *).")("1024", "trainer/sft_config.py:205")`.
 *
 * @param words a sentence, with a star for the place in the source
 */
export const defaultsOf =
  (words: string) =>
  (text: string, place: string): Default => ({ text, sentence: words.replace("*", () => place) });

/** A section as a source of its own: its fields, by their names in it, each still at its own place. */
export const sectionOf = (source: Source, section: string): Source => ({
  ...source,
  fields: new Map(
    [...source.fields].flatMap(([path, field]) =>
      path.startsWith(`${section}.`) ? [[path.slice(section.length + 1), field] as const] : [],
    ),
  ),
});

const NO_EFFECT = "As it is set here it changes no memory.";

/** A field that changes memory in a way that no key says; or several of which the same is said. */
export type Unmodelled = Readonly<{
  field: string | readonly string[];
  /** With which of its values. */
  when: (value: PlainValue) => boolean;
  sentence: string;
}>;

/** Any value but null, false, nothing, and the words for them. */
export const isSet = (value: PlainValue): boolean =>
  value !== null &&
  value !== false &&
  value !== "" &&
  !(typeof value === "string" && /^(none|null|false|no|off)$/i.test(value)) &&
  !(typeof value === "object" && Object.keys(value).length === 0);

/** A number above 0. */
export const isPositive = (value: PlainValue): boolean => (numberOf(value) ?? 0) > 0;

/** A number above 1: of ranks, stages, copies. */
export const isSeveral = (value: PlainValue): boolean => (numberOf(value) ?? 1) > 1;

/** A switch that is on. */
export const isOnField = (value: PlainValue): boolean => isOn(value);

/** What of these fields is on; those that are off have no effect. */
export const readUnmodelled = (source: Source, list: readonly Unmodelled[]): readonly Finding[] =>
  list.flatMap(({ field: names, when, sentence }) =>
    [names].flat().flatMap((name): readonly Finding[] => {
      const field = source.fields.get(name);
      if (field === undefined) return [];
      return [
        when(field.value) ? { kind: "not-modelled", field, sentence } : { kind: "ignored", field, sentence: NO_EFFECT },
      ];
    }),
  );

/** Fields without effect of which there is something to say. */
export const readIgnored = (source: Source, sentences: Readonly<Record<string, string>>): readonly Finding[] =>
  Object.entries(sentences).flatMap(([name, sentence]): readonly Finding[] => {
    const field = source.fields.get(name);
    return field === undefined ? [] : [{ kind: "ignored", field, sentence }];
  });

const isSection = (value: PlainValue): value is Readonly<Record<string, PlainValue>> =>
  typeof value === "object" && value !== null && !Array.isArray(value) && Object.keys(value).length > 0;

/**
 * The fields of nested sections, by their paths. Lists are values.
 *
 * @param lineOf where the field of a path stands, counted from 1
 */
export const flatFields = (
  root: PlainValue,
  file: string,
  lineOf: (path: readonly string[]) => number,
): ReadonlyMap<string, SourceField> => {
  const fields = new Map<string, SourceField>();
  const add = (value: PlainValue, names: readonly string[]): void => {
    if (isSection(value)) {
      for (const [name, inside] of Object.entries(value)) add(inside, [...names, name]);
      return;
    }
    const path = names.join(".");
    fields.set(path, { file, path, value, line: lineOf(names) });
  };
  add(root, []);
  fields.delete("");
  return fields;
};

/** What readers may look up. */
export type ReadWith = Readonly<{ catalog: Catalog }>;

/** Files of one tool: what shows that a file is one, and what its fields are in the link. */
export type ToolReader = Readonly<{
  id: string;
  /** With the version whose defaults it has: "LLaMA-Factory 0.9.5". */
  name: string;
  /** The `stack` of the link that such a run is; null: the file does not say which tool runs it. A finding of the key goes before it. */
  stack: string | null;
  /** `run`: what such a file leaves open the tool decides. `part`: it says a part of a run (how GPUs share it, an adapter, a model) and leaves the rest as it is. */
  says: "run" | "part";
  /** Seen in the fields, not in the file's name. */
  recognises: (source: Source) => boolean;
  /** Total: any value of any field gives findings. Fields that no finding is about are listed as not known. */
  read: (source: Source, look: ReadWith) => readonly Finding[];
  /** Names of fields (with their sections) that change no memory. A section's name with a point at its end stands for all in it. */
  harmless: readonly string[];
}>;

/**
 * The finding that a field asks for something that is not known: nothing is estimated then.
 *
 * @param asked the key, with what is asked for where that is not the field's value
 */
export const unknownFinding = (
  field: SourceField,
  asked: IdentityKey | readonly [IdentityKey, string],
  sentence: string,
): Finding => {
  const [key, text] = typeof asked === "string" ? [asked, wordOf(field.value)] : asked;
  return { kind: "unknown", field, key, text: unknownText(text), sentence };
};
