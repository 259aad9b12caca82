import type { ConfigFacts } from "#calc/model/config-facts.ts";
import { isObject, own, type RawConfig } from "./raw-config.ts";

/** What stands at a field of several layers: the one value, or all of them where they differ. */
const valueIn = (layers: readonly RawConfig[], name: string): unknown => {
  const values = [...new Set(layers.map((layer) => own(layer, name)))];
  return values.length > 1 ? values : values[0];
};

/**
 * A config.json of transformers 5 with fields that it keeps under `per_layer_config` where older ones have them: Gemma 4's
 * `{ "05": { "head_dim": 512 } }` is `"global_head_dim": 512`. What a layer does not say is as in all others.
 */
export const withFieldsOfSomeLayers = (config: RawConfig, { ofSomeLayers = {} }: ConfigFacts): RawConfig => {
  const apart = own(config, "per_layer_config");
  const layers = isObject(apart) ? Object.values(apart).filter(isObject) : [];
  if (layers.length === 0) return config;
  const found = Object.entries(ofSomeLayers).map(([field, name]) => [
    field,
    valueIn(layers, name) ?? own(config, name),
  ]);
  return { ...Object.fromEntries(found), ...config };
};
