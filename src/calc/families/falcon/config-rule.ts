import type { ConfigRule } from "#calc/model/config-facts.ts";
import { multiQuery } from "#calc/families/parts/facts/config-rules.ts";

/** @see transformers 5.24, configuration_falcon.py, modeling_falcon.py, `FalconAttention`, `FalconDecoderLayer` */
export const configRule: ConfigRule = (written, counts) => {
  const isNew = written("new_decoder_architecture") === true;
  const norms = isNew ? (written("num_ln_in_parallel_attn") ?? 2) : written("parallel_attn") === false ? 2 : 1;
  return {
    num_key_value_heads: isNew
      ? (counts.num_key_value_heads ?? counts.num_attention_heads ?? 0)
      : multiQuery(written, counts),
    norms_per_layer: norms === 1 ? 1 : 2,
  };
};
