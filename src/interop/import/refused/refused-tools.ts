/** A tool whose files are recognized by its name, and of which nothing is read. */
export type RefusedTool = Readonly<{
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
export const REFUSED_TOOLS: readonly RefusedTool[] = [
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
