import { ownValue } from "#calc/base/own-value.ts";
import type { Architecture } from "#calc/model/architecture.ts";
import {
  DESCRIPTIONS,
  LEARNING_POSITIONS,
  OWN_NAMES,
  TEXT_DECODERS,
  WITH_BIASES,
  WITHOUT_HEAD_DIM,
} from "./config-names.ts";
import { type ConfigFields, type ConfigValue, OWN_FIELDS } from "./own-fields.ts";

/** A model's config as transformers makes it: `AutoConfig.for_model(type, **fields)`. */
export type ModelConfig = Readonly<{ type: string; fields: ConfigFields }>;

const BIASES: ReadonlySet<string> = new Set(["attention_bias", "mlp_bias"]);

const isRead = (type: string, field: string): boolean =>
  !DESCRIPTIONS.has(field) &&
  !(field === "head_dim" && WITHOUT_HEAD_DIM.has(type)) &&
  !(BIASES.has(field) && !WITH_BIASES.has(type));

/** Tables of rotary angles reach as far as a row does; a learned table is as long as the model's. */
const positions = (type: string, { max_position_embeddings }: Architecture, tokens: number): number =>
  LEARNING_POSITIONS.has(type) ? max_position_embeddings : Math.max(max_position_embeddings, tokens);

/**
 * An architecture of the catalog as the config class of its type takes it. Fields have their upstream names, so that most go through as they are.
 *
 * @param tokens how long the longest row is
 */
export const modelConfig = (architecture: Architecture, tokens: number): ModelConfig => {
  const type = ownValue(TEXT_DECODERS, architecture.model_type) ?? architecture.model_type;
  const names = ownValue(OWN_NAMES, type) ?? {};
  const given = { ...architecture, max_position_embeddings: positions(type, architecture, tokens) };
  const fields = Object.entries(given)
    .filter(([name, value]) => value !== undefined && isRead(type, name))
    .map(([name, value]) => [ownValue(names, name) ?? name, value as ConfigValue]);
  return {
    type,
    fields: {
      ...(Object.fromEntries(fields) as ConfigFields),
      pad_token_id: 0,
      use_cache: false,
      ...ownValue(OWN_FIELDS, type)?.(architecture),
    },
  };
};
