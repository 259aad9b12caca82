// Parser of a pasted config.json into an architecture, with an issue for each problem and assumption.

import type { Architecture, ConfigFacts } from "#calc/model/architecture.ts";
import { formatCount } from "#format/numbers.ts";
import type { Issue, Parsed } from "#scenario/keys/issues.ts";
import { unknownFamilyAssumptions, fillMissingFields, hasNeededFields, missingFields } from "./config-defaults.ts";
import { configIssue, notJson, isObject, ownField, type RawConfig } from "./config-issues.ts";
import { decoderPart, TEXT_PARTS, findOtherKind, familyFacts, LLAMA_FACTS } from "./model-kinds.ts";
import { type JsonPlaces, jsonPlaces, placeWords } from "./json-places.ts";
import { withFieldsOfSomeLayers, readCounts, readFlags, readLayers, readSkipped } from "./layer-fields.ts";

/** Real files have a few kilobytes. */
const MOST_CHARACTERS = 2 ** 20;
const LONGEST_TYPE = 60;

const BYTE_ORDER_MARK = /^\uFEFF/;

/** Python writes it so (`time_step_limit` of Mamba's layers), and JSON has no word for it: a number past all numbers, of as many signs, so that places stay. */
const INFINITE = /([[,:]\s*-?)Infinity(?=\s*[,\]}])/g;
const AS_LONG = "1e999999";

type Fields = Partial<Architecture>;
type Read = Readonly<{ fields: Fields; issues: readonly Issue[] }>;

/** Where experts are all there is, their width is the file's `intermediate_size`; without experts (Granite 4) it is that of the MLP. */
const expertWidths = (fields: Fields, { expertsAreIntermediate }: ConfigFacts): Fields => {
  const { intermediate_size: width, shared_expert_intermediate_size: shared, ...rest } = fields;
  if (!expertsAreIntermediate || width === undefined) return fields;
  if (fields.num_experts !== undefined) return { ...fields, moe_intermediate_size: width };
  return { ...rest, intermediate_size: shared ?? width };
};

/** A window that the code does not use, and a projection of the embedding to its own width, are none. */
const withoutIdle = (config: RawConfig, fields: Fields): Fields => {
  const { sliding_window, word_embed_proj_dim, ...rest } = fields;
  const isUsed = sliding_window !== undefined && ownField(config, "use_sliding_window") !== false;
  const isNarrow = word_embed_proj_dim !== undefined && word_embed_proj_dim !== fields.hidden_size;
  return { ...rest, ...(isUsed && { sliding_window }), ...(isNarrow && { word_embed_proj_dim }) };
};

const readFields = (written: RawConfig, model_type: string, facts: ConfigFacts): Read => {
  const config = withFieldsOfSomeLayers(written, facts);
  const { counts, issues } = readCounts(config);
  const flags = readFlags(config, facts);
  const layers = readLayers(config, { model_type, facts }, counts.num_hidden_layers);
  const said: Fields = {
    ...counts,
    ...flags.fields,
    ...layers.fields,
    ...facts.rule?.((name) => ownField(config, name), counts),
  };
  return {
    fields: withoutIdle(config, expertWidths(said, facts)),
    issues: [...issues, ...flags.issues, ...layers.issues],
  };
};

const parseObject = (config: RawConfig): Parsed<Architecture | null> => {
  const { model_type: written, types, fields: decoder } = decoderPart(config);
  const other = findOtherKind(config, types);
  if (other !== null) return { value: null, issues: [other] };
  const type = written.length > LONGEST_TYPE ? "" : written;
  const known = familyFacts(type);
  const facts = known ?? LLAMA_FACTS;
  const own = readFields(decoder, type, facts);
  const skipped = readSkipped(config);
  const read = { fields: { ...own.fields, ...skipped.fields }, issues: [...own.issues, ...skipped.issues] };
  const fields: Fields = { model_type: type || "llama", ...facts.fields, ...read.fields };
  if (!hasNeededFields(fields)) return { value: null, issues: [...read.issues, ...missingFields(fields, read.issues)] };

  const filled = fillMissingFields(fields, facts);
  const issues = [
    ...(known === null ? unknownFamilyAssumptions(written, read.fields) : []),
    ...read.issues,
    ...filled.issues,
  ];
  const architecture = { tie_word_embeddings: facts.tied ?? false, ...fields, ...filled.fields } as Architecture;
  if (Number.isInteger(architecture.head_dim)) return { value: architecture, issues };
  const why = `would be ${architecture.head_dim}: ${fields.hidden_size} is no multiple of ${fields.num_attention_heads} heads`;
  return { value: null, issues: [...issues, configIssue("out-of-range", "head_dim", { why })] };
};

/** Where the field of an issue stands: in the decoder's part, which counts, or outside of it. */
const indexOf = ({ key }: Issue, { valueIndexes }: JsonPlaces): number | undefined =>
  [...TEXT_PARTS.map((part) => `${part.replaceAll(".", "/")}/${key}`), key]
    .map((path) => valueIndexes.get(path))
    .find((index) => index !== undefined);

/** Puts before each problem where in the text its value stands; what is assumed stands nowhere. */
const withPlaces = (issues: readonly Issue[], text: string, places: JsonPlaces): readonly Issue[] =>
  issues.map((issue) => {
    const index = issue.code === "assumed-field" ? undefined : indexOf(issue, places);
    return index === undefined ? issue : { ...issue, message: `${placeWords(text, index)}: ${issue.message}` };
  });

const refused = (...issues: readonly Issue[]): Parsed<null> => ({ value: null, issues });

/**
 * Reads a pasted config.json of Hugging Face into the fields of an architecture: names of all families made one, a multimodal model's text decoder
 * taken, what a family's code settles filled in. Nothing of it is trusted: too large, no JSON, absurd or missing fields are issues. A family
 * that is not known is taken for a Llama, with an issue for each assumption.
 *
 * @returns the architecture, or null where a needed field is missing or impossible, and everything that was wrong or assumed.
 */
export const parseConfigJson = (given: string): Parsed<Architecture | null> => {
  const text = given.replace(BYTE_ORDER_MARK, "").replaceAll(INFINITE, (_, before: string) => `${before}${AS_LONG}`);
  if (text.length > MOST_CHARACTERS) {
    const why = `has ${formatCount(text.length)} characters, more than ${formatCount(MOST_CHARACTERS)}`;
    return refused(configIssue("too-large", "config.json", { why }));
  }
  const places = jsonPlaces(text);
  const { problem } = places;
  if (problem !== null) return refused(notJson(text, { ...problem, where: placeWords(text, problem.index) }));
  const json: unknown = JSON.parse(text);
  if (!isObject(json))
    return refused(
      configIssue("not-json", "config.json", { value: json, why: "is JSON, but not an object with fields" }),
    );
  const { value, issues } = parseObject(json);
  return { value, issues: withPlaces(issues, text, places) };
};
