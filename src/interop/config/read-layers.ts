import { array, maxLength, pipe, safeParse, string } from "valibot";
import { ownValue } from "#calc/base/own-value.ts";
import type { ConfigFacts } from "#calc/model/config-facts.ts";
import type { Architecture } from "#calc/model/architecture.ts";
import type { Issue } from "#scenario/choices/issue.ts";
import { unexpected } from "./config-issue.ts";
import { own, type RawConfig } from "./raw-config.ts";

type Fields = Partial<Architecture>;

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
  const full = indexes(own(config, "full_attn_idxs"));
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
  const pattern = own(config, "hybrid_override_pattern");
  if (typeof pattern === "string" && PATTERN_LETTERS.test(pattern))
    return { fields: withCount({ hybrid_override_pattern: pattern }, pattern.length, layers), issues: [] };
  const list = LISTS.find((name) => own(config, name) !== undefined);
  if (list === undefined) return { fields: ofIndexes(config, layers), issues: [] };
  const value = own(config, list);
  const parsed = safeParse(layerNames, value);
  if (parsed.success && (layers === undefined || parsed.output.length === layers))
    return { fields: withCount(ofTypes(parsed.output, whose), parsed.output.length, layers), issues: [] };
  return { fields: {}, issues: [unexpected("unknown-value", list, { value, expected: "one name for each layer" })] };
};
