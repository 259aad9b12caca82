import { familyFacts } from "./family-facts.ts";
import { isObject, own, type RawConfig } from "./raw-config.ts";

/** Where multimodal configs keep those of their text decoder. */
export const TEXT_PARTS = ["text_config", "llm_config", "language_config"] as const;

const typeOf = (config: RawConfig): string => {
  const type = own(config, "model_type");
  return typeof type === "string" ? type : "";
};

/**
 * The fields of the text decoder: those of `text_config`, where there is one, over those around it. The type is the outer one where it is known
 * (gemma3, mistral3), else the inner one (llava around llama).
 */
export const decoderPart = (config: RawConfig): Readonly<{ model_type: string; fields: RawConfig }> => {
  const inner = TEXT_PARTS.map((name) => own(config, name)).find(isObject);
  const outerType = typeOf(config);
  if (inner === undefined) return { model_type: outerType, fields: config };
  return {
    model_type: familyFacts(outerType) === null ? typeOf(inner) || outerType : outerType,
    fields: { ...config, ...inner },
  };
};
