import type { Architecture } from "#calc/model/architecture.ts";
import { ARCHITECTURE_FIELDS, type ArchitectureField } from "./architecture-fields.ts";
import { decodeField, encodeField, type FieldValue, wrongPart } from "./architecture-part.ts";
import type { Codec, Problem, Reading } from "./codec.ts";
import { CUT } from "./quoted.ts";
import { escapePart, unescapePart } from "./plain-text.ts";

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
