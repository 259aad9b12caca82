// Published checkpoints: parameters of image and audio towers, modules left in 16 bits by dynamic quantization.

import { ownValue } from "#calc/base/guards.ts";

/** The part of a checkpoint beside its text model: parameters of the vision tower with its projector, and of the audio tower; null: not counted. */
type Towers = Readonly<{ vision: number | null; audio?: number | null }>;

/**
 * Models of the catalog whose checkpoints have towers for images or audio. The catalog's rows, and the estimate, are of the text part.
 *
 * Parameters are counted from the tower's published config, module by module; those of Qwen3.5 and later with experts, of Qwen3.6 and Qwen3.8 are the difference to the
 * published count that the row names (`published.differences`). Gemma 3n's towers and Gemma 4 12B's embedders of images and audio are not counted.
 *
 * @see huggingface.co, config.json of each row's `hf_repo`: `vision_config`, `audio_config`
 * @internal
 */
export const TOWERS: Readonly<Record<string, Towers>> = {
  "gemma-3-12b": { vision: 421_290_864 },
  "gemma-3-27b": { vision: 423_060_336 },
  "gemma-3-4b": { vision: 419_816_304 },
  "gemma-4-26b-a4b": { vision: 572_792_112 },
  "gemma-4-31b": { vision: 575_741_232 },
  "gemma-4-e2b": { vision: 168_544_256, audio: 307_183_904 },
  "gemma-4-e4b": { vision: 169_330_688, audio: 308_756_768 },
  "llama-4-maverick": { vision: 871_932_416 },
  "llama-4-scout": { vision: 871_932_416 },
  "ministral-3-14b-2512": { vision: 438_958_080 },
  "ministral-3-3b-2512": { vision: 420_083_712 },
  "ministral-3-8b-2512": { vision: 428_472_320 },
  "mistral-small-3.2-24b": { vision: 438_958_080 },
  "qwen3.5-0.8b": { vision: 100_592_896 },
  "qwen3.5-122b-a10b": { vision: 451_290_864 },
  "qwen3.5-27b": { vision: 460_730_096 },
  "qwen3.5-2b": { vision: 331_416_576 },
  "qwen3.5-35b-a3b": { vision: 446_571_248 },
  "qwen3.5-397b-a17b": { vision: 456_010_480 },
  "qwen3.5-4b": { vision: 333_514_240 },
  "qwen3.5-9b": { vision: 456_010_480 },
  "qwen3.6-27b": { vision: 460_730_096 },
  "qwen3.6-35b-a3b": { vision: 446_571_248 },
  "qwen3.8-27b": { vision: 460_730_096 },
  "gemma-3n-e2b": { vision: null, audio: null },
  "gemma-3n-e4b": { vision: null, audio: null },
  "gemma-4-12b": { vision: null, audio: null },
};

/** Types of models whose config.json has a tower beside the text part; their text part alone has a type of its own (`gemma3_text`). */
const WITH_TOWERS: Readonly<Record<string, Towers>> = {
  gemma3: { vision: null },
  gemma3n: { vision: null, audio: null },
  gemma4: { vision: null, audio: null },
  gemma4_unified: { vision: null, audio: null },
  llama4: { vision: null },
  mistral3: { vision: null },
  qwen3_5: { vision: null },
  qwen3_5_moe: { vision: null },
};

/** The towers of a model of the catalog, or of a config.json of such a type; null where the model has none. */
export const towersOf = (id: string, model_type: string): Towers | null =>
  ownValue<Towers>(TOWERS, id) ?? ownValue<Towers>(WITH_TOWERS, model_type) ?? null;

/** A checkpoint of a catalog model that bitsandbytes quantised, but for some linears. */
type DynamicQuant = Readonly<{
  /** Hugging Face id of the checkpoint. */
  hf_repo: string;
  /** As its config.json has it, but for modules outside the layers (`lm_head`, `multi_modal_projector`, `merger`, `modality_projection`). */
  llm_int8_skip_modules: readonly string[];
  source: string;
  retrieved: string;
}>;

/**
 * The dynamic 4-bit checkpoints of Unsloth whose lists are known, by the id of the catalog model. Unsloth chooses these modules by how much an error in them
 * does, checkpoint by checkpoint, and publishes lists, not a rule.
 *
 * @see https://unsloth.ai/blog/dynamic-4bit
 */
export const DYNAMIC_QUANTS: Readonly<Record<string, DynamicQuant>> = {
  "deepseek-r1-distill-llama-8b": {
    hf_repo: "unsloth/DeepSeek-R1-Distill-Llama-8B-unsloth-bnb-4bit",
    llm_int8_skip_modules: ["model.layers.1.mlp"],
    source: "https://github.com/vllm-project/vllm/pull/12974 (its config.json, quoted by its maker)",
    retrieved: "2026-11",
  },
  "qwen2.5-0.5b": {
    hf_repo: "unsloth/Qwen2.5-0.5B-Instruct-unsloth-bnb-4bit",
    llm_int8_skip_modules: [
      "model.layers.0.self_attn",
      "model.layers.0.mlp",
      "model.layers.2.mlp",
      "model.layers.3.mlp",
      "model.layers.21.mlp",
      "model.layers.0.self_attn.q_proj",
    ],
    source: "johnson7788/RLDecisionAgent:docs/ART/ZHIXINGYUN.md (a log of vLLM that prints it)",
    retrieved: "2026-11",
  },
};

/** Types of models whose published checkpoints are packed, and in what: libraries make them 16 bit while they load. */
export const PACKED_CHECKPOINTS: Readonly<Record<string, string>> = {
  gpt_oss: "MXFP4",
  deepseek_v3: "FP8",
  ministral3: "FP8",
};
