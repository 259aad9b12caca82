import type { ModelChoice } from "#scenario/choices.ts";
import type { NotMapped } from "./not-mapped.ts";

/** A model of a measured run, and where its shape was read. */
type OtherModel = Readonly<{ choice: ModelChoice | NotMapped; source: string }>;

const sameAs = (id: string, source: string): OtherModel => ({ choice: { kind: "catalog", id }, source });

const LLAMA_1 = "arXiv 2302.13971, table 2: the shapes of Llama 2 of the same size";

/** Models that runs name and the catalog does not: by repository or name, in lower case. */
export const OTHER_MODELS: Readonly<Record<string, OtherModel>> = {
  "tinyllama/tinyllama-1.1b-intermediate-step-1431k-3t": sameAs(
    "tinyllama-1.1b",
    "Lightning-AI/litgpt@26857050:litgpt/config.py: the base of the chat model, one shape",
  ),
  "llama-7b": sameAs("llama-2-7b", LLAMA_1),
  "llama-13b": sameAs("llama-2-13b", LLAMA_1),
  "stabilityai/stablelm-base-alpha-3b": {
    choice: {
      kind: "architecture",
      architecture: {
        model_type: "gpt_neox",
        num_hidden_layers: 16,
        hidden_size: 4096,
        num_attention_heads: 32,
        num_key_value_heads: 32,
        head_dim: 128,
        intermediate_size: 16_384,
        vocab_size: 50_688,
        tie_word_embeddings: false,
        max_position_embeddings: 4096,
        hidden_act: "gelu",
        mlp_type: "plain",
        norm_type: "layernorm",
        norms_per_layer: 2,
        attention_bias: true,
        qkv_bias: true,
        attention_out_bias: true,
        mlp_bias: true,
        partial_rotary_factor: 0.25,
      },
    },
    source: "Lightning-AI/litgpt@26857050:litgpt/config.py (stablelm-base-alpha-3b)",
  },
  "gpt-2 124m config (untied head, ~163m)": {
    choice: {
      kind: "architecture",
      architecture: {
        model_type: "gpt2",
        num_hidden_layers: 12,
        hidden_size: 768,
        num_attention_heads: 12,
        num_key_value_heads: 12,
        head_dim: 64,
        intermediate_size: 3072,
        vocab_size: 50_257,
        tie_word_embeddings: false,
        max_position_embeddings: 1024,
        learned_positions: 1024,
        hidden_act: "gelu_new",
        mlp_type: "plain",
        norm_type: "layernorm",
        norms_per_layer: 2,
        attention_bias: true,
        qkv_bias: true,
        attention_out_bias: true,
        mlp_bias: true,
      },
    },
    source: "rasbt/LLMs-from-scratch:ch05/10_llm-training-speed (GPT_CONFIG_124M, an output head of its own)",
  },
  "google-bert/bert-large-uncased": {
    choice: { why: "an encoder with a classification head, which is no causal language model" },
    source: "huggingface/transformers docs, perf_train_gpu_one",
  },
};
