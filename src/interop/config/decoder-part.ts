import { familyFacts } from "./family-facts.ts";
import { isObject, own, type RawConfig } from "./raw-config.ts";

/** Where multimodal configs keep those of their text decoder; Qwen's Omni models keep it in what thinks. */
export const TEXT_PARTS = ["text_config", "llm_config", "language_config", "thinker_config.text_config"] as const;

const partOf = (config: RawConfig, path: string): unknown =>
  path.split(".").reduce<unknown>((part, name) => (isObject(part) ? own(part, name) : undefined), config);

const typeOf = (config: RawConfig): string => {
  const type = own(config, "model_type");
  return typeof type === "string" ? type : "";
};

/** `types`: of the whole, and of the part where there is one. */
type DecoderPart = Readonly<{ model_type: string; types: readonly string[]; fields: RawConfig }>;

/**
 * The fields of the text decoder: those of `text_config`, where there is one, over those around it. The type is the outer one where it is known
 * (gemma3, mistral3), else the inner one (llava around llama).
 */
export const decoderPart = (config: RawConfig): DecoderPart => {
  const inner = TEXT_PARTS.map((path) => partOf(config, path)).find(isObject);
  const outerType = typeOf(config);
  if (inner === undefined) return { model_type: outerType, types: [outerType], fields: config };
  const types = [outerType, typeOf(inner)];
  return {
    model_type: familyFacts(outerType) === null ? typeOf(inner) || outerType : outerType,
    types,
    fields: { ...config, ...inner },
  };
};
