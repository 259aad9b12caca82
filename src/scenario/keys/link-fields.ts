// Codec of each key, and the link field by field in canonical order.

import {
  type Codec,
  accepted,
  unreadable,
  type KeyedCodec,
  type KeyedReading,
  problemsOf,
  type ReadAgainst,
  type Texts,
  keyedCodec,
} from "./codec/codec.ts";
import { clamp, parseNumber, wholeCodec, decimalCodec } from "./codec/numbers.ts";
import { PANEL_IDS } from "./values.ts";
import { readCatalogId, modelChoice, selectiveChoice } from "./codec/model-choice.ts";
import { ownValue } from "#calc/base/guards.ts";
import { someOrAllBut, atLeastOneOf, moduleNames, presetOrModuleNames } from "./codec/lists.ts";
import { DTYPE_BYTES, type Dtype, type ParameterFormat } from "#calc/base/dtypes.ts";
import type { NumberRange, Key, Shape, Special } from "./key.ts";
import type { ChoiceKey, Choices, LinkKey } from "./choices.ts";
import { TARGET_PRESETS } from "#calc/model/layout.ts";
import { METHODS } from "#calc/model/scenario.ts";
import { STACKS } from "#catalog/stacks.ts";
import { KEYS, ORDER } from "./keys.ts";
import { gpuChoice } from "./codec/gpu-choice.ts";

const SPELLINGS: Readonly<Record<string, boolean>> = { 0: false, 1: true, false: false, true: true };

/** Yes or no: `1` or `0`; `true` and `false` are understood. */
const flag: Codec<boolean> = {
  encode: (value) => (value ? "1" : "0"),
  decode: (text) => {
    const word = text.trim().toLowerCase();
    const value = Object.hasOwn(SPELLINGS, word) ? SPELLINGS[word] : undefined;
    return value === undefined ? unreadable("unknown-value", "is neither 0 nor 1") : accepted(value);
  },
};

/** The key that stands for each in `lock`; of those that are not there, their own. */
type LockedWith = Readonly<Partial<Record<string, string>>>;

/** The keys of locked controls. A group of controls is written as one key, which keeps links short; any key of a group locks all of it. @internal */
export const lockList = (keys: readonly string[], lockedWith: LockedWith): Codec<readonly string[]> => {
  const lockOf = (key: string): string => ownValue(lockedWith, key) ?? key;
  const names = someOrAllBut(
    keys.filter((key) => lockOf(key) === key),
    "a link key",
  );
  return {
    encode: (locked) => names.encode(locked.filter((key) => lockOf(key) === key)),
    decode: (text) => {
      const { value = [], problems } = names.decode(text.replaceAll(/\w+/g, (word) => lockOf(word.toLowerCase())));
      return { value: keys.filter((key) => value.includes(lockOf(key))), problems };
    },
  };
};

/**
 * One of a few words, in any case.
 *
 * @param aliases other spellings that are understood, and never written
 */
const oneOf = <Value extends string>(
  values: readonly Value[],
  aliases: Readonly<Record<string, Value>> = {},
): Codec<Value> => ({
  encode: (value) => value,
  decode: (text) => {
    const word = text.trim().toLowerCase();
    const value =
      values.find((candidate) => candidate === word) ?? (Object.hasOwn(aliases, word) ? aliases[word] : undefined);
    return value === undefined ? unreadable("unknown-value", `is none of ${values.join(", ")}`) : accepted(value);
  },
});

const DTYPES = Object.keys(DTYPE_BYTES) as readonly Dtype[];

/** Beyond any accounting in use: 16 B for a parameter in fp32 with Adam's states and gradient, 20 B with a copy. */
const BYTES = { min: 0, max: 64 };

/** How a parameter is kept: a dtype by its name, or bytes for each parameter. */
const parameterFormat: Codec<ParameterFormat> = {
  encode: String,
  decode: (text) => {
    const word = text.trim().toLowerCase();
    const dtype = DTYPES.find((candidate) => candidate === word);
    if (dtype !== undefined) return accepted(dtype);
    const value = parseNumber(word);
    return value === null
      ? unreadable("unknown-value", `is neither a number of bytes nor one of ${DTYPES.join(", ")}`)
      : clamp(value, BYTES);
  },
};

const KEY = "teacher";

/** The id of a catalog's model, or none. */
const teacherChoice: KeyedCodec<string | null> = {
  keys: [KEY],
  encode: (id) => (id === null ? {} : { [KEY]: id }),
  decode: ({ [KEY]: text }, { catalog }) => {
    if (text === undefined) return { problems: [] };
    const { problems, ...reading } = readCatalogId(text, catalog?.models ?? null, "a model");
    return { ...reading, problems: problemsOf(KEY, problems) };
  },
};

type NamedNumber = Readonly<{ name: string; range: NumberRange }>;

/** One of a few words, or a whole number behind a name: `split:512`. */
const wordOrNumber = <Word extends string>(
  words: readonly Word[],
  { name, range }: NamedNumber,
): Codec<Word | number> => {
  const word = oneOf(words);
  const number = wholeCodec(range);
  return {
    encode: (value) => (typeof value === "number" ? `${name}:${number.encode(value)}` : value),
    decode: (text) => {
      const [head = "", ...rest] = text.split(":");
      const digits = rest.join(":");
      if (head.trim().toLowerCase() === name && parseNumber(digits) !== null) return number.decode(digits);
      const reading = word.decode(text);
      return reading.value === undefined
        ? unreadable("unknown-value", `is none of ${words.join(", ")}, nor ${name}: with a number`)
        : reading;
    },
  };
};

/** Codecs of several keys that belong together. */
const JOINT = { model: modelChoice, gpu: gpuChoice, teacher: teacherChoice } as const;

/** The keys of a link that say one key of the choices: `gpu` and `vram` for the card, mostly the one of its own name. */
const linkKeysOf = (name: string): readonly string[] =>
  Object.hasOwn(JOINT, name) ? JOINT[name as keyof typeof JOINT].keys : [name];

const LOCKED_WITH: Readonly<Partial<Record<string, string>>> = Object.fromEntries(
  Object.entries<Key>(KEYS).map(([name, { lock }]) => [name, lock]),
);

const SPECIAL: { readonly [Kind in Exclude<keyof Special, keyof typeof JOINT>]: Codec<Special[Kind]> } = {
  stack: oneOf(Object.keys(STACKS)),
  methods: atLeastOneOf(METHODS, "a method"),
  format: parameterFormat,
  targets: presetOrModuleNames(TARGET_PRESETS),
  modules: moduleNames,
  selective: selectiveChoice,
  panels: someOrAllBut<string>(PANEL_IDS, "a panel"),
  lock: lockList(ORDER.flatMap(linkKeysOf), LOCKED_WITH),
};

const spelling = (shape: Exclude<Shape, { kind: keyof typeof JOINT }>) => {
  if (shape.kind === "flag") return flag;
  if (shape.kind === "whole") return wholeCodec(shape.range);
  if (shape.kind === "decimal") return decimalCodec(shape.range);
  if (shape.kind === "word") return oneOf(shape.words, shape.aliases);
  if (shape.kind === "word-or-number") return wordOrNumber(shape.words, shape);
  return SPECIAL[shape.kind];
};

/** The spelling of a key in links, by its shape. */
const codecOf = (name: ChoiceKey): KeyedCodec<unknown> => {
  const { shape }: Key = KEYS[name];
  const codec =
    shape.kind === "model" || shape.kind === "gpu" || shape.kind === "teacher"
      ? JOINT[shape.kind]
      : keyedCodec(name, spelling(shape) as Codec<unknown>);
  // A key's value is of its shape (`key.ts`), which one table over all of them cannot say.
  return codec as KeyedCodec<unknown>;
};

/** A key of the choices, the link keys that carry it (mostly one), and its way there and back. */
export type Field = Readonly<{
  field: ChoiceKey;
  keys: readonly LinkKey[];
  encode: (choices: Choices) => Texts;
  decode: (texts: Texts, against: ReadAgainst) => KeyedReading<unknown>;
  default: unknown;
  /** The meaning of a missing key, in words; null if the default can be spelled in a link. */
  otherwise: string | null;
}>;

const fieldOf = (field: ChoiceKey): Field => {
  const record: Key = KEYS[field];
  const { keys, encode, decode } = codecOf(field);
  return {
    field,
    keys: keys as readonly LinkKey[],
    encode: (choices) => (choices[field] === null || record.readOnly ? {} : encode(choices[field])),
    decode,
    default: record.is,
    otherwise: record.otherwise ?? null,
  };
};

/** The link, key by key, in canonical order: from this links are written and read. */
export const FIELDS: readonly Field[] = ORDER.map(fieldOf);

/** The key of the choices that a key of a link says. */
export const fieldOfLinkKey = (key: string): Field | undefined =>
  FIELDS.find(({ keys }) => keys.some((each) => each === key));
