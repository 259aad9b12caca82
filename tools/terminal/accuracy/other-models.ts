import type { ModelChoice } from "#scenario/keys/values.ts";
import type { NotMapped } from "./not-mapped.ts";

/** A model of a measured run, and where its shape was read. */
type OtherModel = Readonly<{ choice: ModelChoice | NotMapped; source: string }>;

const sameAs = (id: string, source: string): OtherModel => ({ choice: { kind: "catalog", id }, source });

/** The first Qwen; `width` is that of w1 and of w2, half of `intermediate_size` in its config.json. */
const qwen = (shape: readonly [layers: number, hidden: number, width: number, vocabulary: number]): ModelChoice => {
  const [num_hidden_layers, hidden_size, intermediate_size, vocab_size] = shape;
  const heads = hidden_size / QWEN_HEAD;
  return {
    kind: "architecture",
    architecture: {
      model_type: "qwen",
      num_hidden_layers,
      hidden_size,
      num_attention_heads: heads,
      num_key_value_heads: heads,
      head_dim: QWEN_HEAD,
      intermediate_size,
      vocab_size,
      tie_word_embeddings: false,
      max_position_embeddings: 8192,
      hidden_act: "silu",
    },
  };
};
const QWEN_HEAD = 128;

/** StableLM Alpha and its kin: GPT-NeoX with 32 heads, of which a quarter is rotated. */
const neox = ([num_hidden_layers, hidden_size, vocab_size]: readonly [number, number, number]): ModelChoice => ({
  kind: "architecture",
  architecture: {
    model_type: "gpt_neox",
    num_hidden_layers,
    hidden_size,
    num_attention_heads: NEOX_HEADS,
    num_key_value_heads: NEOX_HEADS,
    head_dim: hidden_size / NEOX_HEADS,
    intermediate_size: 4 * hidden_size,
    vocab_size,
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
});
const NEOX_HEADS = 32;

const LLAMA_1 = "arXiv 2302.13971, table 2: the shapes of Llama 2 of the same size";

/** Models that runs name and the catalog does not: by repository or name, in lower case, or by how the model is called (`slugOf` in run-model.ts). */
export const OTHER_MODELS: Readonly<Record<string, OtherModel>> = {
  "tinyllama/tinyllama-1.1b-intermediate-step-1431k-3t": sameAs(
    "tinyllama-1.1b",
    "Lightning-AI/litgpt@26857050:litgpt/config.py: the base of the chat model, one shape",
  ),
  "qwen-1-8b": {
    choice: qwen([24, 2048, 5504, 151_936]),
    source:
      "modeling_qwen.py of Qwen/Qwen-1_8B, with the shape of Qwen1.5-1.8B: gives the published 1,836,828,672 parameters",
  },
  "qwen-7b": {
    choice: qwen([32, 4096, 11_008, 151_936]),
    source:
      "modeling_qwen.py of Qwen/Qwen-7B, with the shape of Qwen1.5-7B: gives the published 7,721,324,544 parameters",
  },
  "qwen-14b": {
    choice: qwen([40, 5120, 13_696, 152_064]),
    source:
      "https://huggingface.co/etri-xainlp/qwen-ko-14b-instruct, config.json: gives the published 14,167,290,880 parameters",
  },
  "qwen-72b": {
    choice: qwen([80, 8192, 24_576, 152_064]),
    source:
      "modeling_qwen.py of Qwen/Qwen-72B, with the shape of Qwen1.5-72B: gives the published 72,287,920,128 parameters",
  },
  "llama-7b": sameAs("llama-2-7b", LLAMA_1),
  "llama-13b": sameAs("llama-2-13b", LLAMA_1),
  "stablelm-base-alpha-3b": {
    choice: neox([16, 4096, 50_688]),
    source: "Lightning-AI/litgpt@26857050:litgpt/config.py (stablelm-base-alpha-3b)",
  },
  "stablecode-completion-alpha-3b": {
    choice: neox([32, 2560, 49_152]),
    source: "Lightning-AI/litgpt@26857050:litgpt/config.py (stablecode-completion-alpha-3b)",
  },
  "powerlm-3b": {
    choice: {
      kind: "architecture",
      architecture: {
        model_type: "granite",
        num_hidden_layers: 40,
        hidden_size: 2304,
        num_attention_heads: 36,
        num_key_value_heads: 36,
        head_dim: 64,
        intermediate_size: 9216,
        vocab_size: 49_152,
        tie_word_embeddings: true,
        max_position_embeddings: 4096,
        hidden_act: "silu",
      },
    },
    source: "arXiv 2408.13359 (PowerLM 3B); static memory of its measured runs agrees",
  },
  "platypus-30b": sameAs("llama-1-30b", "Lightning-AI/litgpt@26857050:litgpt/config.py (Platypus-30B)"),
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
  "apertus-8b-instruct-2509": sameAs(
    "apertus-8b",
    "https://huggingface.co/swiss-ai/Apertus-8B-Instruct-2509: of the base model's shape",
  ),
  "devstral-small-2505": sameAs(
    "mistral-small-24b-2501",
    "https://huggingface.co/mistralai/Devstral-Small-2505: made of Mistral Small 3.1, whose language model has the shape of version 3",
  ),
  "magistral-small-2506": sameAs(
    "mistral-small-24b-2501",
    "https://huggingface.co/mistralai/Magistral-Small-2506: made of Mistral Small 3.1, whose language model has the shape of version 3",
  ),
  "mimo-7b-rl": sameAs("mimo-7b", "https://huggingface.co/XiaomiMiMo/MiMo-7B-RL: of the base model's shape"),
  "ministral-3-3b-reasoning-2512": sameAs(
    "ministral-3-3b-2512",
    "https://huggingface.co/mistralai/Ministral-3-3B-Reasoning-2512: of the instruct model's shape",
  ),
  "olmo-3-7b-instruct-sft": sameAs(
    "olmo-3-7b",
    "https://huggingface.co/allenai/Olmo-3-7B-Instruct-SFT: of the base model's shape",
  ),
  "olmoe-1b-7b-0924": sameAs(
    "olmoe-1b-7b",
    "https://huggingface.co/allenai/OLMoE-1B-7B-0924: of the shape of version 0125",
  ),
  "gpt-oss-20b-unsloth": sameAs(
    "gpt-oss-20b",
    "https://huggingface.co/unsloth/gpt-oss-20b-unsloth-bnb-4bit: the same model, quantised",
  ),
  "gemma-3-4b-it": sameAs("gemma-3-4b", "https://huggingface.co/google/gemma-3-4b-it: of the base model's shape"),
  "gemma-4-26b-a4b-it": sameAs(
    "gemma-4-26b-a4b",
    "https://huggingface.co/google/gemma-4-26B-A4B-it: of the base model's shape",
  ),
  "nemotron-3-nano-30b-a3b": sameAs(
    "nemotron-3-nano-30b-a3b",
    "https://huggingface.co/unsloth/Nemotron-3-Nano-30B-A3B: a copy of NVIDIA's",
  ),
  "llama-4-scout-17b-16e-linearized-bnb-nf4-bf16": sameAs(
    "llama-4-scout",
    "https://huggingface.co/axolotl-quants: the same model, each expert a linear of its own",
  ),
  "google-bert/bert-large-uncased": {
    choice: { why: "an encoder with a classification head, which is no causal language model" },
    source: "huggingface/transformers docs, perf_train_gpu_one",
  },
};
