import { PEFT_TUNERS } from "#interop/import/class-names.ts";
import { HARMLESS_OF_BITS } from "#interop/import/tools/hugging-face/bitsandbytes.ts";
import { HARMLESS_OF_PEFT } from "#interop/import/tools/peft/peft-config.ts";
import { harmlessOf } from "#interop/import/tools/python/called.ts";

const BY_CONFIG = ["Model", "ModelForCausalLM", "ModelForSequenceClassification", "ModelForImageTextToText"];

const LANGUAGE =
  "Llama Mistral Mixtral Qwen2 Qwen2Moe Qwen3 Qwen3Moe Gemma Gemma2 Gemma3 Phi Phi3 GptOss OPT Falcon Olmo Olmo2";
const PICTURES = "Gemma3 Llama4 Mistral3 Qwen2VL Qwen2_5_VL Llava";

/** Calls that load a model: by the class in its config, and some by their own. */
const LOADERS = [
  ...BY_CONFIG.map((name) => `Auto${name}`),
  ...LANGUAGE.split(" ").map((family) => `${family}ForCausalLM`),
  ...PICTURES.split(" ").map((family) => `${family}ForConditionalGeneration`),
].map((name) => `${name}.from_pretrained`);

const OF_LOADERS = [
  "quantization_config",
  "distributed_config",
  "device_map",
  "device_map.",
  "trust_remote_code",
  "token",
  "use_auth_token",
  "cache_dir",
  "revision",
  "low_cpu_mem_usage",
  "use_cache",
  "load_in_4bit",
  "load_in_8bit",
  "dtype",
  "torch_dtype",
  "num_labels",
  "local_files_only",
];

/** Arguments of loading, packing and adapting a model that change nothing of a step's memory where no finding is about them. */
export const HARMLESS_OF_LOADING: readonly string[] = [
  ...harmlessOf(LOADERS, OF_LOADERS),
  ...harmlessOf(["BitsAndBytesConfig"], HARMLESS_OF_BITS),
  ...harmlessOf(
    PEFT_TUNERS.map((name) => `${name}Config`),
    HARMLESS_OF_PEFT,
  ),
  "get_peft_model.",
  "prepare_model_for_kbit_training.",
  "gradient_checkpointing_enable.",
];
