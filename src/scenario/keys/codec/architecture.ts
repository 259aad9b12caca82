// Spelling of an architecture in a link.

import type { Architecture } from "#calc/model/architecture.ts";
import {
  type ArchitectureField,
  type ListField,
  type ModulesField,
  type NumberField,
  type TextField,
  ARCHITECTURE_FIELDS,
} from "./architecture-fields.ts";
import { type Reading, type Codec, type Problem, CUT } from "./codec.ts";
import { decodeSkips, encodeSkips } from "./lists.ts";
import { clamp, parseNumber } from "./numbers.ts";

/** Letters, digits and marks that can stand between two points of an `arch` unharmed. */
const UNSAFE = /[^\w*-]/gu;
const ESCAPED = /~([0-9a-f]{1,6})~/g;

/** A text as one part of an `arch`: what would end the part stands as its code point between tildes, `~2e~` for a point. @internal */
export const escapePart = (text: string): string =>
  text.replaceAll(UNSAFE, (sign) => `~${(sign.codePointAt(0) ?? 0).toString(16)}~`);

/** Undoes `escapePart`; what is no escape stays as it is. @internal */
export const unescapePart = (part: string): string =>
  part.replaceAll(ESCAPED, (escaped: string, hex: string) => {
    const codePoint = Number.parseInt(hex, 16);
    return codePoint <= 0x10ffff ? String.fromCodePoint(codePoint) : escaped;
  });

/** Deeper than any model in use. */
const MOST_LAYERS = 1024;
const FIRST_LETTER = "a".codePointAt(0) ?? 0;
const MOST_KINDS = 26;

const letterOf = (index: number): string => String.fromCodePoint(FIRST_LETTER + index);

/**
 * What each layer is, as the different names and then their runs: 30 layers of "gdn, gdn, gdn, attn" begin `gdn,attn:a3ba3b`. A name alone is one
 * layer. Lists with more than 26 different names are of no model and lose their end.
 * @internal
 */
export const encodeLayers = (layers: readonly string[]): string => {
  const kinds = [...new Set(layers)].slice(0, MOST_KINDS);
  const letters = layers.map((layer) => letterOf(kinds.indexOf(layer))).join("");
  const runs = letters.replaceAll(/([a-z])\1+/g, (run, letter: string) => `${letter}${run.length}`);
  return `${kinds.map(escapePart).join(",")}:${runs}`;
};

const isLayerList = (parts: readonly string[]): parts is readonly [names: string, runs: string] =>
  parts.length === 2 && /^(?:[a-z]\d{0,4})*$/.test(parts[1] ?? "");

/** Undoes `encodeLayers`; null where the text is no such list, or of more layers than any model has. @internal */
export const decodeLayers = (text: string): readonly string[] | null => {
  const parts = text.split(":");
  if (!isLayerList(parts)) return null;
  const [names, runs] = parts;
  const kinds = names.split(",").map(unescapePart);
  const layers: string[] = [];
  for (const run of runs.match(/[a-z]\d*/g) ?? []) {
    const kind = kinds[(run.codePointAt(0) ?? 0) - FIRST_LETTER];
    if (kind === undefined || layers.length > MOST_LAYERS) return null;
    layers.push(...Array.from({ length: run.length === 1 ? 1 : Number(run.slice(1)) }, () => kind));
  }
  return layers.length > MOST_LAYERS ? null : layers;
};

/** What a field of an architecture can hold. */
type FieldValue = Architecture[keyof Architecture];

/** A number with its point written as `p`, since points part the fields: 0.5 is `0p5`. */
const encodeNumber = (value: number): string => String(value).replace(".", "p").replace("+", "");

/** One field of an `arch`: its tag and its value. */
const encodeField = ({ tag, kind }: ArchitectureField, value: FieldValue): string => {
  if (typeof value === "number") return tag + encodeNumber(value);
  if (typeof value === "boolean") return `${tag}${kind === "text" ? ":" : ""}${value ? "1" : "0"}`;
  if (typeof value === "string") return `${tag}:${escapePart(value)}`;
  return `${tag}:${kind === "modules" ? encodeSkips(value ?? []) : encodeLayers(value ?? [])}`;
};

/** Names the part that nothing can be taken from. */
const wrongPart = (part: string, why: string): Reading<never> => ({
  problems: [{ code: "unknown-value", why: `has ${part === "" ? "an empty part" : `the part ${part}`}, which ${why}` }],
});

const decodeText = (part: string, { tag, words }: TextField): Reading<FieldValue> => {
  const text = unescapePart(part.slice(tag.length + 1));
  if (words !== undefined && !words.includes(text)) return wrongPart(part, `is none of ${words.join(", ")}`);
  // `qk_norm` alone is a word or false.
  const value = words?.includes("0") && text === "0" ? false : text;
  return { value, problems: [] } as Reading<FieldValue>;
};

const decodeList = (part: string, { tag }: ListField): Reading<FieldValue> => {
  const layers = decodeLayers(part.slice(tag.length + 1));
  return layers === null ? wrongPart(part, "is no list of layers") : { value: layers, problems: [] };
};

const decodeModules = (part: string, { tag }: ModulesField): Reading<FieldValue> => {
  const names = decodeSkips(part.slice(tag.length + 1));
  return names === null ? wrongPart(part, "is no list of modules") : { value: names, problems: [] };
};

const decodeNumber = (part: string, { kind, min, max, tag }: NumberField): Reading<FieldValue> => {
  const number = parseNumber(part.slice(tag.length).replace("p", "."));
  if (number === null) return wrongPart(part, "is no number");
  if (kind !== "decimal" && !Number.isInteger(number)) return wrongPart(part, "is not a whole number");
  const { value = min, problems } = clamp(number, { min, max });
  return {
    value: kind === "flag" ? value === 1 : value,
    problems: problems.map(({ code, why }) => ({ code, why: `has ${part}, which ${why}` })),
  };
};

/** Undoes `encodeField` for the field that the part's tag names. @internal */
export const decodeField = (part: string, row: ArchitectureField): Reading<FieldValue> => {
  if (row.kind === "text") return decodeText(part, row);
  if (row.kind === "modules") return decodeModules(part, row);
  return row.kind === "list" ? decodeList(part, row) : decodeNumber(part, row);
};

const PART = /^([a-z]+)(?=:|\d)/i;

/** What was read so far: fields by their upstream names. */
type Fields = Partial<Record<keyof Architecture, FieldValue>>;

const decodeParts = (parts: readonly string[]): Readonly<{ fields: Fields; problems: readonly Problem[] }> => {
  const fields: Fields = {};
  const problems: Problem[] = [];
  for (const part of parts) {
    const tag = PART.exec(part)?.[1]?.toLowerCase();
    const row = ARCHITECTURE_FIELDS.find(
      (candidate) => candidate.tag === tag && (part[tag.length] === ":") === isSpelledOut(candidate),
    );
    const reading = row === undefined ? wrongPart(part, "is no field of an architecture") : decodeField(part, row);
    if (row !== undefined && reading.value !== undefined) fields[row.field] = reading.value;
    problems.push(...reading.problems);
  }
  return { fields, problems };
};

const isSpelledOut = ({ kind }: ArchitectureField): boolean => kind === "text" || kind === "list" || kind === "modules";

/** Without these nothing can be counted. */
const NEEDED = ["hidden_size", "num_hidden_layers", "num_attention_heads", "vocab_size"] as const;

/** The longest sequence where a link names none: what most models of today were made for. It limits a slider, and counts nothing. */
const USUAL_MAX_POSITIONS = 131_072;

/** Fields that follow from others where a link leaves them out: each head its own keys, heads that fill the width, untied head. */
const usualFields = (fields: Fields): Fields => {
  const heads = Number(fields.num_attention_heads);
  return {
    num_key_value_heads: heads,
    head_dim: Math.max(1, Math.round(Number(fields.hidden_size) / heads)),
    tie_word_embeddings: false,
    max_position_embeddings: USUAL_MAX_POSITIONS,
  };
};

/** The contract's form has no sequence length, so that nothing is assumed that a reader would miss. */
const SILENT: ReadonlySet<string> = new Set(["max_position_embeddings"]);

const tagOf = (field: string): string => ARCHITECTURE_FIELDS.find((row) => row.field === field)?.tag ?? field;

const complete = (model_type: string, fields: Fields): Reading<Architecture> => {
  const missing = NEEDED.filter((field) => fields[field] === undefined);
  if (missing.length > 0) {
    const names = missing.map((field) => `${tagOf(field)} (${field})`).join(", ");
    return { problems: [{ code: "missing-field", why: `lacks ${names}` }] };
  }
  const usual = usualFields(fields);
  const assumed = Object.entries(usual).filter(
    ([field]) => fields[field as keyof Architecture] === undefined && !SILENT.has(field),
  );
  return {
    value: { model_type, ...usual, ...fields } as Architecture,
    problems: assumed.map(([field, value]) => ({
      code: "assumed-field",
      why: `lacks ${tagOf(field)} (${field}), taken to be ${String(value)}`,
    })),
  };
};

const encode = (value: Architecture): string => {
  const parts = ARCHITECTURE_FIELDS.filter(({ field }) => value[field] !== undefined && value[field] !== null);
  const written = parts.filter(
    ({ field }) => field !== "max_position_embeddings" || value[field] !== USUAL_MAX_POSITIONS,
  );
  return [escapePart(value.model_type), ...written.map((row) => encodeField(row, value[row.field]))].join(".");
};

/** Three times the longest of the catalog; a link has room for it beside everything else. */
const LONGEST = 600;

const tooLong = (length: number): Problem => ({
  code: "too-large",
  why: `takes ${length} characters, and more than ${LONGEST} no link carries`,
});

/**
 * An architecture as `<model_type>.h4096.f11008.l32.a32.k32.d128.v32000.t0`, then whatever else its config.json had, as in `ARCHITECTURE_FIELDS`:
 * a tag and a number (`e8`), a tag and 0 or 1 (`qb1`), a tag, a colon and a word (`act:silu`), or the kinds of its layers (`lk:gdn,attn:a3b`).
 */
export const architecture: Codec<Architecture> = {
  encode,
  decode: (text) => {
    // What is left of a longer text that was not known: it may read as another model.
    if (text.trim().endsWith(CUT)) return { problems: [{ code: "unknown-value", why: "was cut off" }] };
    const [model_type = "", ...parts] = text.trim().split(".");
    if (model_type === "")
      return { problems: [{ code: "missing-field", why: "lacks the model type before its first point" }] };
    const { fields, problems } = decodeParts(parts);
    const { value, problems: more } = complete(unescapePart(model_type), fields);
    const all = [...problems, ...more];
    if (value === undefined) return { problems: all };
    const { length } = encode(value);
    return length > LONGEST ? { problems: [tooLong(length)] } : { value, problems: all };
  },
};
