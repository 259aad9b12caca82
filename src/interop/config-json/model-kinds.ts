// Kinds of models that a config.json can describe, family facts, and the text decoder's part of it.

import type { ConfigFacts } from "#calc/model/architecture.ts";
import { ENGINE } from "#calc/whole-engine.ts";
import type { Issue } from "#scenario/keys/issues.ts";
import { configIssue, isObject, ownField, type RawConfig } from "./config-issues.ts";

/** What is settled for a `model_type`; null for one that is not known. */
export const familyFacts = (model_type: string): ConfigFacts | null => ENGINE.configFacts(model_type);

/** What an unknown family is taken to be: a Llama. */
export const LLAMA_FACTS: ConfigFacts = { fields: ENGINE.configFacts("llama")?.fields ?? {} };

/** What a config.json can be of that is no decoder alone: how a sentence calls it. */
type OtherKind = keyof typeof KIND_WORDS;

/** Each as it follows "is". */
const KIND_WORDS = {
  both: "an encoder-decoder, whose encoder and cross-attention are not modelled here",
  encoder: "an encoder, which is trained on masked tokens and is not modelled here",
  speech: "a model of speech or sound, which is not modelled here",
  vision: "a model of images, which is not modelled here",
  diffusion: "a part of a diffusion model, which is not modelled here",
} as const;

const kind = (of: OtherKind, types: string): readonly (readonly [string, OtherKind])[] =>
  types.split(/\s+/).map((type) => [type, of]);

/** By `model_type`, or `_class_name`, where no family here has it. @see transformers 5.24, models/auto/modeling_auto.py, `MODEL_MAPPING_NAMES` */
const KINDS: ReadonlyMap<string, OtherKind> = new Map([
  ...kind(
    "both",
    `t5 mt5 umt5 longt5 switch_transformers t5gemma t5gemma2 bart mbart plbart pegasus pegasus_x bigbird_pegasus marian m2m_100 nllb-moe blenderbot
blenderbot-small led mvp prophetnet xlm-prophetnet fsmt encoder-decoder`,
  ),
  ...kind(
    "encoder",
    `bert roberta xlm-roberta xlm-roberta-xl xlm camembert flaubert albert electra distilbert deberta deberta-v2 modernbert eurobert mpnet ernie
nomic_bert jina_embeddings_v3 roformer roberta-prelayernorm longformer big_bird convbert squeezebert mobilebert megatron-bert funnel fnet luke esm ibert
rembert nystromformer xmod layoutlm layoutlmv2 layoutlmv3 lilt bros markuplm tapas canine perceiver data2vec-text mra yoso splinter`,
  ),
  ...kind(
    "speech",
    `whisper wav2vec2 wav2vec2-bert wav2vec2-conformer hubert wavlm unispeech unispeech-sat sew sew-d data2vec-audio speech_to_text speecht5 seamless_m4t
seamless_m4t_v2 moonshine musicgen musicgen_melody bark vits encodec dac mimi clap clvp audio-spectrogram-transformer pop2piano univnet fastspeech2_conformer`,
  ),
  ...kind(
    "vision",
    `vit deit beit swin swinv2 swin2sr dinov2 dinov2_with_registers dinov3_vit dinov3_convnext convnext convnextv2 resnet regnet mobilenet_v1 mobilenet_v2
mobilevit efficientnet vit_mae vit_msn clip clip_text_model clip_vision_model chinese_clip siglip siglip2 siglip_vision_model align altclip sam sam2 sam_vision_model
detr conditional_detr deformable_detr rt_detr yolos owlvit owlv2 segformer maskformer mask2former oneformer depth_anything dpt glpn videomae timesformer vivit`,
  ),
]);

/** Classes whose names say what they are, of a type that is not known. */
const CLASSES: readonly (readonly [RegExp, OtherKind])[] = [
  [/(?:ForMaskedLM|(?:bert|roberta|encoder)\w*model)$/i, "encoder"],
  [/For(?:CTC|Speech\w*|Audio\w*|TextToWaveform|XVector)$/, "speech"],
  [/For(?:Image\w+|ObjectDetection|\w*Segmentation|DepthEstimation|VideoClassification)$/, "vision"],
];

/** A model that takes a text and makes another, and has no part for anything else: T5 and its like. */
const TEXT_TO_TEXT = /For(?:ConditionalGeneration|Seq2SeqLM)$/;

/** The kind that a `model_type` is known to be; null for decoders, and for a type that is not known. */
const kindOfType = (model_type: string): OtherKind | null => KINDS.get(model_type) ?? null;

/**
 * The kind that a class of transformers says by its name.
 *
 * @param isOfText whether the config has parts for text alone: a model that sees or hears is called as an encoder-decoder is
 */
const kindOfClass = (name: string, isOfText: boolean): OtherKind | null => {
  if (isOfText && TEXT_TO_TEXT.test(name)) return "both";
  return CLASSES.find(([pattern]) => pattern.test(name))?.[1] ?? null;
};

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
  const names = ownField(config, "architectures");
  const isOfText = !hasParts(config);
  for (const value of Array.isArray(names) ? (names as readonly unknown[]) : []) {
    const kind = typeof value === "string" ? kindOfClass(value, isOfText) : null;
    if (kind !== null) return { key: "architectures", value, kind };
  }
  return null;
};

const ofDiffusers = (config: RawConfig): Said | null => {
  const value = ownField(config, "_class_name");
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
  const isBoth = ownField(config, "is_encoder_decoder") === true;
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

/** Where multimodal configs keep those of their text decoder; Qwen's Omni models keep it in what thinks. */
export const TEXT_PARTS = ["text_config", "llm_config", "language_config", "thinker_config.text_config"] as const;

const partOf = (config: RawConfig, path: string): unknown =>
  path.split(".").reduce<unknown>((part, name) => (isObject(part) ? ownField(part, name) : undefined), config);

const typeOf = (config: RawConfig): string => {
  const type = ownField(config, "model_type");
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
