import type { Architecture } from "#calc/model/architecture.ts";
import type { Counts } from "./read-counts.ts";
import { own, type RawConfig } from "./raw-config.ts";

/** What a family's code makes of its own fields. */
type Rule = (config: RawConfig, counts: Counts) => Partial<Architecture>;

/** Key and value heads of code from before `num_key_value_heads`: one, where queries share them, else as many as heads. */
const multiQuery = (config: RawConfig, { num_attention_heads: heads = 0 }: Counts): number =>
  own(config, "multi_query") === false ? heads : 1;

/** @see transformers 5.24, configuration_falcon.py, modeling_falcon.py, `FalconAttention`, `FalconDecoderLayer` */
const falcon: Rule = (config, counts) => {
  const isNew = own(config, "new_decoder_architecture") === true;
  const norms = isNew ? (own(config, "num_ln_in_parallel_attn") ?? 2) : own(config, "parallel_attn") === false ? 2 : 1;
  return {
    num_key_value_heads: isNew
      ? (counts.num_key_value_heads ?? counts.num_attention_heads ?? 0)
      : multiQuery(config, counts),
    norms_per_layer: norms === 1 ? 1 : 2,
  };
};

/** The MLP is two thirds of `block_ff_dim`, rounded up. @see transformers 5.24, modeling_lfm2.py, `Lfm2MLP` */
const lfm2: Rule = (config, { intermediate_size: width }) => {
  if (width === undefined || own(config, "block_auto_adjust_ff_dim") === false) return {};
  const multiple = Number(own(config, "block_multiple_of") ?? 256);
  const scaled = Math.trunc(Math.trunc((2 * width) / 3) * Number(own(config, "block_ffn_dim_multiplier") ?? 1));
  const rounded = multiple * Math.ceil(scaled / multiple);
  return Number.isSafeInteger(rounded) && rounded > 0 ? { intermediate_size: rounded } : {};
};

const learnedPositions =
  (more: number): Rule =>
  (_, { max_position_embeddings: positions }) =>
    positions === undefined ? {} : { learned_positions: positions + more };

const RULES: Readonly<Record<string, Rule>> = {
  falcon,
  lfm2,
  gpt2: learnedPositions(0),
  gpt_neo: learnedPositions(0),
  // Two rows for padding. @see transformers 5.24, modeling_opt.py, `OPTLearnedPositionalEmbedding`
  opt: learnedPositions(2),
  gpt_bigcode: (config, counts) => ({ num_key_value_heads: multiQuery(config, counts) }),
  stablelm: (config) => (own(config, "use_parallel_residual") === true ? { norms_per_layer: 1 } : {}),
  internlm2: (config) => (own(config, "bias") === true ? { attention_bias: true } : {}),
  nemotron_h: (_, { num_experts }) => (num_experts ? { router_correction_bias: true } : {}),
};

/** What this family's code makes of fields that only it has. */
export const familyRule = (model_type: string): Rule =>
  (Object.hasOwn(RULES, model_type) ? RULES[model_type] : undefined) ?? (() => ({}));
