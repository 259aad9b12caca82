import { boolean, number, pipe, minValue, maxValue, safeParse } from "valibot";
import type { Architecture } from "#calc/model/architecture.ts";
import type { Issue } from "#scenario/choices/issue.ts";
import { unexpected } from "./config-issue.ts";
import type { ConfigFacts } from "#calc/model/config-facts.ts";
import { isObject, own, type RawConfig } from "./raw-config.ts";

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
  const value = own(config, name);
  if (value === undefined) return { is: undefined, issues: [] };
  const parsed = safeParse(boolean(), value);
  if (parsed.success) return { is: parsed.output, issues: [] };
  return { is: undefined, issues: [unexpected("unknown-value", name, { value, expected: "true or false" })] };
};

const readQkNorm = (config: RawConfig, { qkNorm }: ConfigFacts): Fields =>
  qkNorm !== undefined && own(config, qkNorm.flag) === true ? { qk_norm: qkNorm.norm } : {};

/** Numbers that need not be whole, and the largest that makes sense. */
const FRACTIONS = { final_logit_softcapping: 1e6, attn_logit_softcapping: 1e6, partial_rotary_factor: 1 } as const;

/** What rotary positions are made of: transformers 5 saves it apart. */
const rotary = (config: RawConfig): RawConfig => {
  const parameters = own(config, "rope_parameters");
  return isObject(parameters) ? parameters : {};
};

const readFractions = (config: RawConfig): Fields =>
  Object.assign(
    {},
    ...Object.entries(FRACTIONS).map(([name, largest]) => {
      const written = own(config, name) ?? own(rotary(config), name);
      const parsed = safeParse(pipe(number(), minValue(0), maxValue(largest)), written);
      return parsed.success && parsed.output > 0 ? { [name]: parsed.output } : {};
    }),
  );

/** Names of activations in config.json files, what the code takes first. */
const ACTIVATIONS = ["hidden_activation", "hidden_act", "activation_function", "mlp_hidden_act", "activation"] as const;
const LONGEST_NAME = 40;

const readActivation = (config: RawConfig): Fields => {
  for (const name of ACTIVATIONS) {
    const value = own(config, name);
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
