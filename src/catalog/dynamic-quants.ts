/** A checkpoint of a catalog model that bitsandbytes quantised, but for some linears. */
export type DynamicQuant = Readonly<{
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
