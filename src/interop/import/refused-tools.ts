// Tools and model classes that are recognized and refused, with the sentence for each.

import { isCommand, isPython } from "#interop/import/formats/format-detection.ts";
import { notebookCode } from "#interop/import/formats/python-source.ts";
import { pythonTokens } from "#interop/import/formats/python-tokens.ts";
import type { GivenFile, Refusal } from "./source-fields.ts";

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
const REFUSED_CLASSES: readonly RefusedTool[] = [
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

/** A tool whose files are recognized by its name, and of which nothing is read. */
type RefusedTool = Readonly<{
  /** Its name in the sentence; absent: the first group of what was found. */
  name?: string;
  /** A clause: what Headroom lacks to estimate it. */
  missing: string;
  /** In the words of a command line. */
  commands?: RegExp;
  /** In Python without texts and comments. */
  code?: RegExp;
  /** In settings: YAML, JSON, TOML. */
  settings?: RegExp;
  /** Not where the code has this, too. */
  unless?: RegExp;
}>;

const key = (names: string): RegExp => new RegExp(String.raw`^[ \t]*(?:-[ \t]+)?["']?(?:${names})["']?[ \t]*:`, "m");

const MEGATRON = "Megatron’s own model code and parallel layers are not included";

const DIFFUSERS = "image and video diffusion models are not included";

/** Scripts of diffusers, and of those like them. */
const DIFFUSION_SCRIPTS =
  "text_to_image|dreambooth|controlnet|control_lora|instruct_pix2pix|unconditional|custom_diffusion|cogvideox|lcm|vqgan|t2i_adapter|diffusion|sana|network";

/** transformers' examples beside that of causal language models. */
const EXAMPLES =
  "glue|mlm|mlm_wwm|plm|qa|qa_beam_search|seq2seq_qa|summarization|translation|ner|swag|xnli|classification|speech_\\w+|audio_\\w+|image_\\w+|mae|mim|semantic_\\w+|instance_\\w+|object_\\w+|t5_\\w+|bart_\\w+";

/** Trainers of TRL that a script can have a second kind of model beside: to score answers, or to prepare data. */
const LANGUAGE_TRAINERS = /\b(?:SFT|DPO|KTO|ORPO|CPO|GRPO|RLOO|GKD|OnlineDPO|XPO|NashMD)Trainer\(/;

/** Every tool that is recognized and refused. A tool that Headroom learns to read loses its row. */
const REFUSED_TOOLS: readonly RefusedTool[] = [
  {
    name: "OpenRLHF",
    missing: "its actors, critics and rollout engines are not included",
    commands: /\bopenrlhf[./]cli[./]\w/,
    code: /\b(?:from|import) openrlhf\b/,
  },
  {
    name: "verl",
    missing: "its actor, rollout and reference workers are not included",
    commands: /-m verl[./]\w|\bverl\/[\w/]{1,200}\.py\b|\bactor_rollout_ref\.\w/,
    code: /\b(?:from|import) verl\b/,
    settings: key("actor_rollout_ref|partial_pretrain"),
  },
  {
    name: "NeMo AutoModel",
    missing: "its recipes and model classes are not included",
    commands: /(?:^|[\s/])automodel (?:finetune|pretrain|kd|benchmark|llm|vlm|\S+\.ya?ml)\b|\bnemo_automodel\b/m,
    code: /\bnemo_automodel\b|\bNeMoAutoModel\w*/,
    settings: /_target_["']?[ \t]*:[ \t]*["']?nemo_automodel\b/,
  },
  {
    name: "NeMo",
    missing: "its recipes and Megatron’s model code are not included",
    commands: /(?:^|[\s/])nemo llm \w|\bnemo_(?:rl|run|aligner)\b|\bmegatron_gpt_\w+\.py\b/m,
    code: /\b(?:from|import) (?:nemo|nemo_run|nemo_rl|nemo_aligner)\b/,
    settings: new RegExp(String.raw`_target_["']?[ \t]*:[ \t]*["']?nemo\b|${key("exp_manager").source}`, "m"),
  },
  {
    name: "Megatron-SWIFT",
    missing: MEGATRON,
    commands: /\bmegatron (?:sft|pt|rlhf)\b|\bswift[./]cli[./]_megatron\b/,
    code: /\bswift\.megatron\b/,
  },
  {
    name: "Megatron-Bridge",
    missing: MEGATRON,
    commands: /\bmegatron[./]bridge\b|\bmegatron_bridge\b|\bMegatron-Bridge\/\S{1,200}\.py\b/,
    code: /\bmegatron\.bridge\b|\bmegatron_bridge\b/,
    settings: /_target_["']?[ \t]*:[ \t]*["']?megatron\.bridge\b/,
  },
  {
    name: "Megatron-LM",
    missing: MEGATRON,
    commands:
      /(?:^|[\s/])pretrain_(?:gpt|mamba|bert|t5|ict|vlm|retro\w*|vision_\w+)\.py\b|--(?:tensor|pipeline)-model-parallel-size\b|--use-mcore-models\b/m,
    code: /\bmegatron\.(?:core|training)\b/,
  },
  {
    name: "MLX",
    missing: "Apple’s MLX kernels and memory are not included",
    commands: /\bmlx_(?:lm|vlm)(?:\.| )(?:lora|dora|full|tuner|fuse)\b|\bmlx_(?:lm|vlm)\.\w/,
    code: /\b(?:from|import) mlx(?:_lm|_vlm)?\b/,
    settings: key("fine_tune_type|lora_parameters"),
  },
  {
    name: "kaito",
    missing: "its presets of tuning are not included",
    settings: /^[ \t{]*["']?apiVersion["']?[ \t]*:[ \t]*["']?kaito\.sh\//m,
  },
  {
    name: "TRL’s PPO",
    missing: "its value model, reward model and rollouts are not included",
    commands: /(?:^|\s)trl ppo\b|(?:^|[\s/])ppo(?:_\w+)?\.py\b|\btrl[./]\S{0,200}\bppo\b/m,
    code: /\bPPO(?:v2)?(?:Config|Trainer)\(|\bAutoModelForCausalLMWithValueHead\b/,
  },
  {
    name: "sentence-transformers",
    missing: "embedding models and their losses over pairs are not included",
    code: /\b(?:Fast)?(?:SentenceTransformer|CrossEncoder|SparseEncoder)(?:Trainer|TrainingArguments)?(?:\.from_pretrained)?\(/,
    unless: LANGUAGE_TRAINERS,
  },
  {
    name: "diffusers",
    missing: DIFFUSERS,
    commands: new RegExp(
      String.raw`(?:^|[\s/])(?:(?:sdxl_|sd3_|flux_)?train_(?:${DIFFUSION_SCRIPTS})\w*|textual_inversion\w*|(?:sdxl|sd3|flux)_train)\.py\b`,
      "m",
    ),
    code: /\b(?:from|import) diffusers\b|\b(?:AutoPipelineFor|StableDiffusion|Flux|Diffusion|SD3|Sana|Wan|Hunyuan|CogVideoX|LTX|PixArt|Kandinsky)\w*(?:Pipeline|Transformer2DModel)\b|\bUNet2D\w*Model\b|\bFastDiffusion\w*\b/,
  },
  {
    missing: "it trains on images, and neither image tokens nor the vision tower are included",
    commands: /(?:^|[\s/])((?:\w{1,60}_)?vlm(?:_\w{1,60})?\.py)\b|\b(llava[./]train|qwenvl[./]train)\b/m,
  },
  {
    missing: "it trains no causal language model",
    commands: new RegExp(String.raw`(?:^|[\s/])(run_(?:${EXAMPLES})\.py)\b`, "m"),
  },
];

/** A file's text by what it can name a tool in; empty where it has none of it. */
type ShownText = Readonly<{
  /** Words of command lines with single spaces, wherever they are: in a shell script, in a job's YAML, after `!` in a notebook. */
  commands: string;
  /** Python without its texts and comments. */
  code: string;
  /** Settings as they are written, without comments. */
  settings: string;
}>;

const withoutComments = (text: string): string => text.replaceAll(/(?<=^|\s)#.*$/gm, "");

/** A command in a list of YAML is one word an item. */
const asWords = (text: string): string =>
  withoutComments(text)
    .replaceAll(/\\\n|\\n/g, " ")
    .replaceAll(/\n[ \t]*-[ \t]+/g, " ")
    .replaceAll(/["'`,[\](){}]/g, " ")
    .replaceAll(/[ \t]+/g, " ");

const isWord = (text: string): boolean => /^[\p{L}\p{N}_]/u.test(text);

/** Code as its names and signs; a code that breaks off is shown as it is written. */
const asCode = (code: string): string => {
  const tokens = pythonTokens(code);
  if ("sentence" in tokens) return withoutComments(code);
  let before = "";
  return tokens
    .map(({ kind, text }) => {
      const piece = kind === "end" ? "\n" : kind === "text" ? '""' : text;
      const isApart = isWord(before) && isWord(piece);
      before = piece;
      return isApart ? ` ${piece}` : piece;
    })
    .join("");
};

/** A line of a notebook that a shell runs. */
const SHELL_LINE = /^[ \t]*[!%](?!%)[ \t]*(?:sh[ \t]|bash[ \t])?(.*)$/gm;
const SHELL_CELL = /^\s*%%(?:bash|sh|script)\b/;

const shellLines = (code: string): string => [...code.matchAll(SHELL_LINE)].map(([, words = ""]) => words).join("\n");

const ofPython = (cells: readonly string[]): ShownText => {
  const isShell = (cell: string): boolean => SHELL_CELL.test(cell);
  const code = cells.filter((cell) => !isShell(cell)).join("\n");
  return {
    commands: asWords([...cells.filter(isShell), shellLines(code)].join("\n")),
    code: asCode(code),
    settings: "",
  };
};

/** A text by what it can name a tool in. */
const shownText = (text: string): ShownText => {
  const cells = notebookCode(text);
  if (cells !== null) return ofPython(cells);
  if (!isCommand(text) && isPython(text)) return ofPython([text]);
  return { commands: asWords(text), code: "", settings: withoutComments(text) };
};

const PARTS = ["commands", "code", "settings"] as const;

/** The words with which a text names a tool; undefined where it does not. */
const foundIn = (shown: ShownText, tool: RefusedTool): string | undefined => {
  if (tool.unless?.test(shown.code)) return undefined;
  const match = PARTS.map((part) => tool[part]?.exec(shown[part])).find((found) => found);
  return match ? (tool.name ?? match.slice(1).find((group) => group !== undefined)) : undefined;
};

/** A line of the text as it is written that has the name; null where none has. */
const lineOf = (text: string, name: string): number | null => {
  const at = text.indexOf(name);
  return at === -1 ? null : text.slice(0, at).split("\n").length;
};

/** Refuses a file of a tool that is known by name and that nothing is read of; null: it is none. */
export const refusedTool = ({ name: file, text }: GivenFile): Refusal | null => {
  const shown = shownText(text);
  for (const tool of [...REFUSED_TOOLS, ...REFUSED_CLASSES]) {
    const name = foundIn(shown, tool);
    if (name === undefined) continue;
    const sentence = `Headroom does not estimate ${name} yet: ${tool.missing}.`;
    return { file, line: tool.name === undefined ? lineOf(text, name) : null, sentence, reason: "not-known" };
  }
  return null;
};
