// Readers of a config.json's counts, flags, layer types, and modules that quantization skips.

import type { ConfigFacts, Architecture } from "#calc/model/architecture.ts";
import { isObject, ownField, type RawConfig, unexpectedValue, firstOwnField, configIssue } from "./config-issues.ts";
import { integer, maxValue, minValue, number, pipe, safeParse, boolean, array, maxLength, string } from "valibot";
import { formatCount } from "#format/numbers.ts";
import type { Issue } from "#scenario/keys/issues.ts";
import { NEEDED_FIELDS } from "./config-defaults.ts";
import { COUNT_FIELDS, type CountField } from "./count-fields.ts";
import { ownValue } from "#calc/base/guards.ts";
import { decodeSkips, encodeSkips } from "#scenario/keys/codec/lists.ts";

/** What stands at a field of several layers: the one value, or all of them where they differ. */
const valueIn = (layers: readonly RawConfig[], name: string): unknown => {
  const values = [...new Set(layers.map((layer) => ownField(layer, name)))];
  return values.length > 1 ? values : values[0];
};

/**
 * A config.json of transformers 5 with fields that it keeps under `per_layer_config` where older ones have them: Gemma 4's
 * `{ "05": { "head_dim": 512 } }` is `"global_head_dim": 512`. What a layer does not say is as in all others.
 */
export const withFieldsOfSomeLayers = (config: RawConfig, { ofSomeLayers = {} }: ConfigFacts): RawConfig => {
  const apart = ownField(config, "per_layer_config");
  const layers = isObject(apart) ? Object.values(apart).filter(isObject) : [];
  if (layers.length === 0) return config;
  const found = Object.entries(ofSomeLayers).map(([field, name]) => [
    field,
    valueIn(layers, name) ?? ownField(config, name),
  ]);
  return { ...Object.fromEntries(found), ...config };
};

type Counts = Partial<Record<CountField, number>>;

/** Layer by layer the same number, as Gemma 3n writes its MLP's width: that number. A list of another length, or of another field, is no number. */
const single = (value: unknown, field: string, config: RawConfig): unknown => {
  if (field !== "intermediate_size" || !Array.isArray(value)) return value;
  const values = value as readonly unknown[];
  const layers = firstOwnField(config, COUNT_FIELDS.num_hidden_layers?.names ?? [])?.value;
  return values.length === layers && values.every((other) => other === values[0]) ? values[0] : value;
};

const wrong = (name: string, value: unknown, most: number): Issue =>
  typeof value === "number" && Number.isInteger(value)
    ? unexpectedValue("out-of-range", name, { value, expected: `a number from 1 to ${formatCount(most)}` })
    : unexpectedValue("not-a-number", name, { value, expected: "a whole number" });

/** Reads the counts that a config.json has under any of their names. 0 is the same as none; what cannot be is named and left out. */
export const readCounts = (config: RawConfig): Readonly<{ counts: Counts; issues: readonly Issue[] }> => {
  const counts: Counts = {};
  const issues: Issue[] = [];
  for (const [field, { names, most }] of Object.entries(COUNT_FIELDS)) {
    const found = firstOwnField(config, names);
    if (found === undefined) continue;
    const value = single(found.value, field, config);
    const parsed = safeParse(pipe(number(), integer(), minValue(0), maxValue(most)), value);
    const isMissing = parsed.success && parsed.output === 0 && NEEDED_FIELDS.some((needed) => needed === field);
    if (!parsed.success || isMissing) issues.push(wrong(found.name, value, most));
    else if (parsed.output > 0 || field === "first_k_dense_replace") counts[field as CountField] = parsed.output;
  }
  return { counts, issues };
};

type Fields = Partial<Architecture>;

/** Fields of config classes that are true or false, and what they say of an architecture. */
const FLAGS: Readonly<Record<string, (is: boolean, facts: ConfigFacts) => Fields>> = {
  tie_word_embeddings: (is) => ({ tie_word_embeddings: is }),
  tie_embedding: (is) => ({ tie_word_embeddings: is }),
  attention_bias: (is, { biasOfQkv }) => (biasOfQkv ? { qkv_bias: is } : { attention_bias: is }),
  attention_out_bias: (is) => ({ attention_out_bias: is }),
  qkv_bias: (is) => ({ qkv_bias: is }),
  use_qkv_bias: (is) => ({ qkv_bias: is }),
  use_bias: (is) => ({ attention_bias: is, qkv_bias: is, attention_out_bias: is, mlp_bias: is }),
  mlp_bias: (is) => ({ mlp_bias: is }),
  lm_head_bias: (is) => ({ lm_head_bias: is }),
  attention_k_eq_v: (is) => ({ attention_k_eq_v: is }),
  use_double_wide_mlp: (is) => ({ use_double_wide_mlp: is }),
  attn_output_gate: (is) => ({ attn_output_gate: is }),
};

const readFlag = (config: RawConfig, name: string): Readonly<{ is: boolean | undefined; issues: readonly Issue[] }> => {
  const value = ownField(config, name);
  if (value === undefined) return { is: undefined, issues: [] };
  const parsed = safeParse(boolean(), value);
  if (parsed.success) return { is: parsed.output, issues: [] };
  return { is: undefined, issues: [unexpectedValue("unknown-value", name, { value, expected: "true or false" })] };
};

const readQkNorm = (config: RawConfig, { qkNorm }: ConfigFacts): Fields =>
  qkNorm !== undefined && ownField(config, qkNorm.flag) === true ? { qk_norm: qkNorm.norm } : {};

/** Numbers that need not be whole, and the largest that makes sense. */
const FRACTIONS = { final_logit_softcapping: 1e6, attn_logit_softcapping: 1e6, partial_rotary_factor: 1 } as const;

/** What rotary positions are made of: transformers 5 saves it apart. */
const rotary = (config: RawConfig): RawConfig => {
  const parameters = ownField(config, "rope_parameters");
  return isObject(parameters) ? parameters : {};
};

const readFractions = (config: RawConfig): Fields =>
  Object.assign(
    {},
    ...Object.entries(FRACTIONS).map(([name, largest]) => {
      const written = ownField(config, name) ?? ownField(rotary(config), name);
      const parsed = safeParse(pipe(number(), minValue(0), maxValue(largest)), written);
      return parsed.success && parsed.output > 0 ? { [name]: parsed.output } : {};
    }),
  );

/** Names of activations in config.json files, what the code takes first. */
const ACTIVATIONS = ["hidden_activation", "hidden_act", "activation_function", "mlp_hidden_act", "activation"] as const;
const LONGEST_NAME = 40;

const readActivation = (config: RawConfig): Fields => {
  for (const name of ACTIVATIONS) {
    const value = ownField(config, name);
    if (typeof value === "string" && value.length > 0 && value.length <= LONGEST_NAME) return { hidden_act: value };
  }
  return {};
};

/** A flag that is off says nothing that its absence would not, unless the family has it on. */
const isNews = ([field, value]: readonly [string, unknown], facts: ConfigFacts): boolean =>
  value !== false || field === "tie_word_embeddings" || Object.hasOwn(facts.fields, field);

/** Reads what is true or false, and the few texts and fractions, of a family's config.json. */
export const readFlags = (
  config: RawConfig,
  facts: ConfigFacts,
): Readonly<{ fields: Fields; issues: readonly Issue[] }> => {
  const read = Object.keys(FLAGS).map((name) => ({ name, ...readFlag(config, name) }));
  const flags: Fields = Object.assign(
    {},
    ...read.map(({ name, is }) => (is === undefined ? {} : FLAGS[name]?.(is, facts))),
  );
  const news = Object.entries(flags).filter((entry) => isNews(entry, facts));
  return {
    fields: {
      ...(Object.fromEntries(news) as Fields),
      ...readActivation(config),
      ...readQkNorm(config, facts),
      ...readFractions(config),
    },
    issues: read.flatMap(({ issues }) => issues),
  };
};

const MOST_LAYERS = 4096;
const PATTERN_LETTERS = /^[M*E-]{1,4096}$/;

const layerNames = pipe(array(pipe(string(), maxLength(40))), maxLength(MOST_LAYERS));
const indexes = (value: unknown): readonly number[] | null =>
  Array.isArray(value) && value.length <= MOST_LAYERS && value.every(Number.isInteger) ? (value as number[]) : null;

/** n where every n-th layer attends to everything and the others to a window; undefined where there is no such n. */
const fullEvery = (types: readonly string[]): number | undefined => {
  const period = types.indexOf("full_attention") + 1;
  const isPeriodic = types.every((type, index) => (type === "full_attention") === ((index + 1) % period === 0));
  return period > 1 && isPeriodic ? period : undefined;
};

/** Whose config.json it is. */
type Whose = Readonly<{ model_type: string; facts: ConfigFacts }>;

const FULL: ReadonlySet<string> = new Set(["full_attention", "attention"]);

/** Kinds whose names are letters make a pattern (Nemotron-H). */
const kept = (kinds: readonly string[]): Fields => {
  const pattern = kinds.join("");
  if (pattern.length === kinds.length && PATTERN_LETTERS.test(pattern)) return { hybrid_override_pattern: pattern };
  return kinds.every((kind) => FULL.has(kind)) ? {} : { layer_types: kinds };
};

const ofTypes = (types: readonly string[], { model_type, facts }: Whose): Fields => {
  const period = fullEvery(types);
  if (model_type.startsWith("qwen3_") && period !== undefined) return { full_attention_interval: period };
  const { kindNames = {}, kindsCount } = facts;
  if (kindsCount === true) return kept(types.map((type) => ownValue(kindNames, type) ?? type));
  return period === undefined ? {} : { sliding_window_pattern: period };
};

/** What says how many layers there are, where nothing else does: transformers 5 saves Nemotron-H without their number. */
const withCount = (fields: Fields, counted: number, layers: number | undefined): Fields =>
  layers === undefined && counted > 0 ? { ...fields, num_hidden_layers: counted } : fields;

/** LFM2 of transformers 4 lists the layers that attend. */
const ofIndexes = (config: RawConfig, layers: number | undefined): Fields => {
  const full = indexes(ownField(config, "full_attn_idxs"));
  if (full === null || layers === undefined) return {};
  return {
    layer_types: Array.from({ length: layers }, (_, index) => (full.includes(index) ? "full_attention" : "conv")),
  };
};

/** The list of kinds, under either of its names. */
const LISTS = ["layer_types", "layers_block_type"] as const;

/** Reads what kind each layer is: a list of names, a string of letters (Nemotron-H), or the layers that attend (LFM2). */
export const readLayers = (
  config: RawConfig,
  whose: Whose,
  layers: number | undefined,
): Readonly<{ fields: Fields; issues: readonly Issue[] }> => {
  const pattern = ownField(config, "hybrid_override_pattern");
  if (typeof pattern === "string" && PATTERN_LETTERS.test(pattern))
    return { fields: withCount({ hybrid_override_pattern: pattern }, pattern.length, layers), issues: [] };
  const list = LISTS.find((name) => ownField(config, name) !== undefined);
  if (list === undefined) return { fields: ofIndexes(config, layers), issues: [] };
  const value = ownField(config, list);
  const parsed = safeParse(layerNames, value);
  if (parsed.success && (layers === undefined || parsed.output.length === layers))
    return { fields: withCount(ofTypes(parsed.output, whose), parsed.output.length, layers), issues: [] };
  return {
    fields: {},
    issues: [unexpectedValue("unknown-value", list, { value, expected: "one name for each layer" })],
  };
};

type Read = Readonly<{ fields: Partial<Architecture>; issues: readonly Issue[] }>;

const NOTHING: Read = { fields: {}, issues: [] };
const FIELD = "llm_int8_skip_modules";

/** A link has 600 characters for an architecture, of which the other fields take up to 200. */
const LONGEST = 400;

const moduleNames = pipe(array(pipe(string(), maxLength(120))), maxLength(4096));

/** A layer of the decoder, by the names that versions of transformers and multimodal models have for what it stands in. */
const DECODER_LAYER =
  /^(?:(?:model|language_model|text_model|transformer|gpt_neox|decoder|backbone)\.)*(?:layers|h)\.(?=\d)/;
/** Parts of a model that stand outside the decoder's layers. */
const OUTSIDE =
  /^(?:lm_head|embed|multi_modal_projector|merger|modality_projection|projector)|vision|visual|audio|image/;

/** The names that mean modules of layers, as a decoder alone has them. */
const inLayers = (names: readonly string[]): readonly string[] =>
  names.filter((name) => !OUTSIDE.test(name)).map((name) => name.replace(DECODER_LAYER, "model.layers."));

/** Whether bitsandbytes quantised the checkpoint. */
const isBitsAndBytes = (quantization: RawConfig): boolean =>
  ownField(quantization, "quant_method") === "bitsandbytes" ||
  ownField(quantization, "load_in_4bit") === true ||
  ownField(quantization, "load_in_8bit") === true;

/**
 * Reads which modules of the layers a checkpoint that bitsandbytes quantised leaves in 16 bits. Names that are no plain path (a regular expression) are
 * left out.
 */
export const readSkipped = (config: RawConfig): Read => {
  const quantization = ownField(config, "quantization_config");
  if (!isObject(quantization) || !isBitsAndBytes(quantization)) return NOTHING;
  const value = ownField(quantization, FIELD);
  if (value === undefined) return NOTHING;
  const parsed = safeParse(moduleNames, value);
  if (!parsed.success)
    return { fields: {}, issues: [unexpectedValue("unknown-value", FIELD, { value, expected: "a list of names" })] };
  const text = encodeSkips(inLayers(parsed.output));
  if (text.length > LONGEST) {
    const why = `takes ${text.length} characters in a link, more than ${LONGEST}; all is taken to be quantised`;
    return { fields: {}, issues: [configIssue("too-large", FIELD, { why })] };
  }
  const names = text === "" ? null : decodeSkips(text);
  return names === null ? NOTHING : { fields: { [FIELD]: names }, issues: [] };
};
