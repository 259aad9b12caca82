import type { RefusedTool } from "./refused-tools.ts";

/** A name that is longer is of no class: it would take long to look through. */
const SHORT = String.raw`(?=\w{1,100}(?!\w))`;

/** A call that loads or makes a model of a class, or hands the class to Unsloth. */
const called = (names: string): RegExp =>
  new RegExp(
    String.raw`(?<!\w)${SHORT}(${names})(?:\.(?:from_pretrained|from_config|_from_config|get_peft_model))?\(|\bauto_model=${SHORT}(${names})\b`,
  );

const IMAGES = "it takes images, and neither image tokens nor the vision tower are included";
const SPEECH = "it takes audio, and its encoder is not included";

const VISION_FAMILIES =
  "\\w*(?:VL|Vl)\\w*|Mllama|PaliGemma|Idefics\\w*|Llava\\w*|Llama4|Gemma3n?|Mistral3|Pixtral|SmolVLM|Florence2|Blip\\w*|InstructBlip\\w*|Aria|Emu3|Chameleon|Kosmos2\\w*|Fuyu|Ovis2|Glm4v\\w*|Cohere2Vision|AyaVision|Janus";
const SPEECH_FAMILIES =
  "Whisper|Qwen2Audio|Voxtral|SeamlessM4T\\w*|SpeechT5\\w*|Speech2Text|Moonshine|GraniteSpeech|Csm";

/** A script that trains a reward model: a head of one number on a language model. */
const REWARDS = /^(?![\s\S]*\bnum_labels=(?!1\b))[\s\S]*\bRewardTrainer\(/;

/** A trainer that a model of another head scores answers for. */
const SCORED = /\b(?:GRPO|RLOO|OnlineDPO|XPO|NashMD)Trainer\(/;

/** Classes of models that are no causal language models. A kind that Headroom learns to estimate loses its row. */
export const REFUSED_CLASSES: readonly RefusedTool[] = [
  {
    missing: IMAGES,
    code: called(
      `FastVisionModel|AutoModelFor(?:ImageTextToText|Vision2Seq|MultimodalLM|VisualQuestionAnswering|DocumentQuestionAnswering|ImageClassification|ZeroShotImageClassification|ImageSegmentation|SemanticSegmentation|InstanceSegmentation|UniversalSegmentation|ObjectDetection|ZeroShotObjectDetection|DepthEstimation|VideoClassification|MaskedImageModeling|ImageToImage|KeypointDetection|MaskGeneration)|VisionEncoderDecoderModel|(?:CLIP|Siglip2?|ViT|DINOv2)Model|(?:${VISION_FAMILIES})For(?:ConditionalGeneration|ImageTextToText|VisionText2Text)|\\w+For(?:ImageClassification|ObjectDetection|SemanticSegmentation)`,
    ),
  },
  {
    missing: SPEECH,
    code: called(
      `AutoModelFor(?:SpeechSeq2Seq|CTC|AudioClassification|AudioFrameClassification|AudioXVector|AudioTokenization|TextToSpectrogram|TextToWaveform)|SpeechEncoderDecoderModel|(?:${SPEECH_FAMILIES})For\\w+|\\w+ForCTC|\\w*Omni\\w*For\\w+`,
    ),
  },
  {
    missing: "its encoder and cross-attention are not included",
    code: called("AutoModelForSeq2SeqLM|EncoderDecoderModel|\\w+ForConditionalGeneration"),
  },
  {
    missing: "its head has labels in place of the vocabulary",
    code: called("\\w+ForSequenceClassification"),
    unless: new RegExp(`${REWARDS.source}|${SCORED.source}`),
  },
  {
    missing: "its head has labels in place of the vocabulary",
    code: called(
      "\\w+For(?:TokenClassification|QuestionAnswering|TableQuestionAnswering|MultipleChoice|NextSentencePrediction)",
    ),
  },
  {
    missing: "its encoder and its loss on masked tokens are not included",
    code: called("\\w+For(?:MaskedLM|PreTraining)"),
  },
  {
    missing: "it is no causal language model",
    code: called("AutoModelFor(?!(?:CausalLM|SequenceClassification)\\b)\\w+|AutoModelWithLMHead"),
  },
];
