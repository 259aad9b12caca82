// Fields that a config.json leaves open: derived values, assumptions, and issues for missing ones.

import type { ConfigFacts, Architecture } from "#calc/model/architecture.ts";
import { formatCount } from "#format/numbers.ts";
import type { Issue } from "#scenario/keys/issues.ts";
import { configIssue } from "./config-issues.ts";
import { COUNT_FIELDS } from "./count-fields.ts";

/** Without these nothing can be counted. */
export const NEEDED_FIELDS = ["num_hidden_layers", "hidden_size", "num_attention_heads", "vocab_size"] as const;

/** The longest sequence where a file names none: what most models of today were made for. It limits a slider, and counts nothing. */
const USUAL_MAX_POSITIONS = 131_072;

type Fields = Partial<Architecture>;
type Needed = Fields & Readonly<Record<(typeof NEEDED_FIELDS)[number], number>>;

/** Issues that name each needed field which is not there; of one whose value was complained of, under any of its names, nothing more is said. */
export const missingFields = (fields: Fields, said: readonly Issue[]): readonly Issue[] => {
  const isSaid = (field: (typeof NEEDED_FIELDS)[number]): boolean =>
    said.some(({ key }) => COUNT_FIELDS[field]?.names.includes(key));
  return NEEDED_FIELDS.filter((field) => fields[field] === undefined && !isSaid(field)).map((field) =>
    configIssue("missing-field", field, { why: "is needed and is not there" }),
  );
};

/** Whether everything is there without which nothing can be counted. */
export const hasNeededFields = (fields: Fields): fields is Needed =>
  NEEDED_FIELDS.every((field) => fields[field] !== undefined);

/** Queries of latent attention are a part without and a part with positions; else heads fill the width. */
const headDim = (fields: Needed): number =>
  fields.qk_nope_head_dim === undefined
    ? fields.hidden_size / fields.num_attention_heads
    : fields.qk_nope_head_dim + (fields.qk_rope_head_dim ?? 0);

type Filled = Readonly<{ fields: Fields; issues: readonly Issue[] }>;

/** Heads, where the file leaves them to follow from others, and what is wrong with them. */
const fillHeads = (fields: Needed): Filled => {
  const heads = fields.num_attention_heads;
  const keyValueHeads = fields.num_key_value_heads ?? heads;
  const filled = { head_dim: fields.head_dim ?? headDim(fields), num_key_value_heads: keyValueHeads };
  if (Number.isInteger(heads / keyValueHeads)) return { fields: filled, issues: [] };
  const why = `does not divide ${heads} heads; ${heads} is used`;
  return {
    fields: { ...filled, num_key_value_heads: heads },
    issues: [configIssue("out-of-range", "num_key_value_heads", { value: keyValueHeads, used: heads, why })],
  };
};

const fillPositions = (fields: Fields): Filled => {
  if (fields.max_position_embeddings !== undefined) return { fields: {}, issues: [] };
  const why = `is not there; ${formatCount(USUAL_MAX_POSITIONS)} is used`;
  return {
    fields: { max_position_embeddings: USUAL_MAX_POSITIONS },
    issues: [configIssue("assumed-field", "max_position_embeddings", { used: USUAL_MAX_POSITIONS, why })],
  };
};

/** GPT-2's rule where every MLP is dense and the file gives no width: the family's own, or a guess for others. */
const fillMlp = (fields: Needed, { fourfoldMlp }: ConfigFacts): Filled => {
  if (fields.intermediate_size !== undefined || fields.moe_intermediate_size !== undefined)
    return { fields: {}, issues: [] };
  const width = 4 * fields.hidden_size;
  if (fourfoldMlp) return { fields: { intermediate_size: width }, issues: [] };
  const why = `is not there; ${formatCount(width)}, four times the width, is used`;
  return {
    fields: { intermediate_size: width },
    issues: [configIssue("assumed-field", "intermediate_size", { used: width, why })],
  };
};

/** A token goes to no more experts than there are. */
const fillExperts = ({ num_experts, num_experts_per_tok: chosen }: Fields): Filled => {
  if (num_experts === undefined || chosen === undefined || chosen <= num_experts) return { fields: {}, issues: [] };
  const why = `is more than there are experts; ${num_experts} is used`;
  return {
    fields: { num_experts_per_tok: num_experts },
    issues: [configIssue("out-of-range", "num_experts_per_tok", { value: chosen, used: num_experts, why })],
  };
};

/** Fills in what follows from other fields. Each guess is an issue; what a config class itself would fill in is none. */
export const fillMissingFields = (fields: Needed, facts: ConfigFacts): Filled => {
  const parts = [fillHeads(fields), fillPositions(fields), fillMlp(fields, facts), fillExperts(fields)];
  return {
    fields: Object.assign({}, ...parts.map((part) => part.fields)) as Fields,
    issues: parts.flatMap(({ issues }) => issues),
  };
};

/** Fields of which a family that is not known says nothing by itself, and what is taken. */
const TAKEN = {
  num_key_value_heads: "as many as heads",
  head_dim: "the width over the heads",
  tie_word_embeddings: "false",
  hidden_act: "silu",
  mlp_type: "gated",
  norm_type: "rmsnorm",
} as const satisfies Partial<Record<keyof Architecture, string>>;

/**
 * What is taken for granted with a family that is not known: that its layers are Llama's, and one issue for each field that its config.json leaves
 * open.
 */
export const unknownFamilyAssumptions = (model_type: string, read: Partial<Architecture>): readonly Issue[] => [
  model_type === ""
    ? configIssue("assumed-field", "model_type", {
        used: "llama",
        why: "is not there; layers like Llama's are assumed",
      })
    : configIssue("assumed-field", "model_type", {
        value: model_type,
        used: "llama",
        why: "is not a family known here; layers like Llama's are assumed",
      }),
  ...Object.entries(TAKEN)
    .filter(([field]) => read[field as keyof Architecture] === undefined)
    .map(([field, used]) => configIssue("assumed-field", field, { used, why: `is not there; ${used} is assumed` })),
];
