/** What a config.json can be of that is no decoder alone: how a sentence calls it. */
export type OtherKind = keyof typeof KIND_WORDS;

/** Each as it follows "is". */
export const KIND_WORDS = {
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
export const kindOfType = (model_type: string): OtherKind | null => KINDS.get(model_type) ?? null;

/**
 * The kind that a class of transformers says by its name.
 *
 * @param isOfText whether the config has parts for text alone: a model that sees or hears is called as an encoder-decoder is
 */
export const kindOfClass = (name: string, isOfText: boolean): OtherKind | null => {
  if (isOfText && TEXT_TO_TEXT.test(name)) return "both";
  return CLASSES.find(([pattern]) => pattern.test(name))?.[1] ?? null;
};
