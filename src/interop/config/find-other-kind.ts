import type { Issue } from "#scenario/choices/issue.ts";
import { configIssue } from "./config-issue.ts";
import { familyFacts } from "./family-facts.ts";
import { isObject, own, type RawConfig } from "./raw-config.ts";
import { KIND_WORDS, kindOfClass, kindOfType, type OtherKind } from "./other-kinds.ts";

/** Parts of a config that are no part of the model. */
const NO_PARTS: readonly string[] = ["quantization_config", "compression_config", "generation_config"];

const hasParts = (config: RawConfig): boolean =>
  Object.entries(config).some(
    ([name, value]) => name.endsWith("_config") && isObject(value) && !NO_PARTS.includes(name),
  );

type Said = Readonly<{ key: string; value: unknown; kind: OtherKind }>;

const ofType = (types: readonly string[]): Said | null => {
  const found = types.map((value) => ({ key: "model_type", value, kind: kindOfType(value) }));
  return (found.find(({ kind }) => kind !== null) as Said | undefined) ?? null;
};

const ofClasses = (config: RawConfig): Said | null => {
  const names = own(config, "architectures");
  const isOfText = !hasParts(config);
  for (const value of Array.isArray(names) ? (names as readonly unknown[]) : []) {
    const kind = typeof value === "string" ? kindOfClass(value, isOfText) : null;
    if (kind !== null) return { key: "architectures", value, kind };
  }
  return null;
};

const ofDiffusers = (config: RawConfig): Said | null => {
  const value = own(config, "_class_name");
  return value === undefined ? null : { key: "_class_name", value, kind: "diffusion" };
};

/**
 * Why a config.json is of no decoder alone, as an issue: by its type or its decoder's, by `is_encoder_decoder`, by the class that its checkpoint is of. null
 * where it is one, or may be: a type that is known here is one whatever else stands there.
 *
 * @param types the `model_type` of the whole and of its decoder's part
 */
export const findOtherKind = (config: RawConfig, types: readonly string[]): Issue | null => {
  if (types.some((type) => familyFacts(type) !== null)) return null;
  const isBoth = own(config, "is_encoder_decoder") === true;
  const flag: Said | null = isBoth ? { key: "is_encoder_decoder", value: true, kind: "both" } : null;
  const said = ofType(types) ?? flag ?? ofDiffusers(config) ?? ofClasses(config);
  if (said === null) return null;
  const { key, value, kind } = said;
  const why = `is ${KIND_WORDS[kind]}: only decoders that predict the next token are`;
  return configIssue("unknown-value", key, {
    value,
    why: key === "is_encoder_decoder" ? why.replace("is ", "says that it is ") : why,
  });
};
