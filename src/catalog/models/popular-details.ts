// Details and sources of the popular models, which the first screen does not need.

import type { ModelDetails } from "#catalog/rows.ts";
import type { POPULAR_MODELS } from "./popular.ts";

/** What the first screen does not need of the rows of `popular.ts`, and where they were read. */
export const POPULAR_MODEL_DETAILS = {
  "llama-3.1-8b": {
    family: "Llama 3.1",
    hf_repo: "meta-llama/Llama-3.1-8B",
    license: "Llama 3.1 Community License",
    published: {
      params: 8_030_261_248,
      source:
        "Hugging Face Hub safetensors.total as recorded in AlexsJones/llmfit llmfit-core/data/hf_models.json (git history up to 2026-05); keras-team/keras-hub@71453d08f:keras_hub/src/models/*_presets.py (llama3.1_8b)",
    },
    source: [
      "Lightning-AI/litgpt@26857050:litgpt/config.py (meta-llama/Meta-Llama-3.1-8B)",
      "AlexsJones/llmfit@bab8c01:llmfit-core/data/hf_models.json (config.json fields of unsloth/Llama-3.1-8B)",
      "mlc-ai/mlc-llm@79d603f0:python/mlc_llm/model/model_preset.py (llama3_1_8b)",
      "AI-Hypercomputer/maxtext@e591f30c:src/maxtext/checkpoint_conversion/utils/hf_model_configs.py (llama3.1-8b)",
      "NVIDIA/NeMo@8cfedd72:nemo/collections/llm/gpt/model/llama.py (Llama31Config8B)",
    ],
    retrieved: "2026-11",
  },
  "llama-2-7b": {
    family: "Llama 2",
    hf_repo: "meta-llama/Llama-2-7b-hf",
    license: "Llama 2 Community License",
    published: {
      params: 6_738_417_664,
      source:
        "Hugging Face Hub safetensors.total as recorded in AlexsJones/llmfit llmfit-core/data/hf_models.json (git history up to 2026-05)",
      differences: [{ what: "rotary_emb.inv_freq buffers saved in the checkpoint (32 layers x 64)", params: 2048 }],
    },
    source: [
      "Lightning-AI/litgpt@26857050:litgpt/config.py (meta-llama/Llama-2-7b-hf)",
      "AlexsJones/llmfit@bab8c01:llmfit-core/data/hf_models.json (config.json fields of NousResearch/Llama-2-7b-hf)",
      "inference-sim/inference-sim@f90a1e3a:model_configs/llama-2-7b-hf/config.json",
      "NVIDIA/NeMo@8cfedd72:nemo/collections/llm/gpt/model/llama.py (Llama2Config7B)",
    ],
    retrieved: "2026-11",
  },
  "llama-3.2-1b": {
    family: "Llama 3.2",
    hf_repo: "meta-llama/Llama-3.2-1B",
    license: "Llama 3.2 Community License",
    published: {
      params: 1_235_814_400,
      source:
        "Hugging Face Hub safetensors.total as recorded in AlexsJones/llmfit llmfit-core/data/hf_models.json (git history up to 2026-05)",
    },
    source: [
      "Lightning-AI/litgpt@26857050:litgpt/config.py (meta-llama/Llama-3.2-1B)",
      "AlexsJones/llmfit@bab8c01:llmfit-core/data/hf_models.json (config.json fields of unsloth/Llama-3.2-1B)",
      "pytorch/executorch@cff6f4dd:examples/mediatek/models/llm_models/weights/Llama-3.2-1B-Instruct/config.json",
      "mlc-ai/mlc-llm@79d603f0:python/mlc_llm/model/model_preset.py (llama3_2_1b)",
      "NVIDIA/NeMo@8cfedd72:nemo/collections/llm/gpt/model/llama.py (Llama32Config1B)",
    ],
    retrieved: "2026-11",
  },
  "llama-3.2-3b": {
    family: "Llama 3.2",
    hf_repo: "meta-llama/Llama-3.2-3B",
    license: "Llama 3.2 Community License",
    published: {
      params: 3_212_749_824,
      source:
        "Hugging Face Hub safetensors.total as recorded in AlexsJones/llmfit llmfit-core/data/hf_models.json (git history up to 2026-05)",
    },
    source: [
      "Lightning-AI/litgpt@26857050:litgpt/config.py (meta-llama/Llama-3.2-3B)",
      "AlexsJones/llmfit@bab8c01:llmfit-core/data/hf_models.json (config.json fields of unsloth/Llama-3.2-3B)",
      "pytorch/executorch@cff6f4dd:examples/mediatek/models/llm_models/weights/Llama-3.2-3B-Instruct/config.json",
      "mlc-ai/mlc-llm@79d603f0:python/mlc_llm/model/model_preset.py (llama3_2_3b)",
      "NVIDIA/NeMo@8cfedd72:nemo/collections/llm/gpt/model/llama.py (Llama32Config3B)",
    ],
    retrieved: "2026-11",
  },
  "llama-3.3-70b": {
    family: "Llama 3.3",
    hf_repo: "meta-llama/Llama-3.3-70B-Instruct",
    license: "Llama 3.3 Community License",
    published: {
      params: 70_553_706_496,
      source:
        "Hugging Face Hub safetensors.total as recorded in AlexsJones/llmfit llmfit-core/data/hf_models.json (git history up to 2026-05)",
    },
    source: [
      "Lightning-AI/litgpt@26857050:litgpt/config.py (meta-llama/Llama-3.3-70B-Instruct)",
      "AlexsJones/llmfit@bab8c01:llmfit-core/data/hf_models.json (config.json fields of unsloth/Llama-3.3-70B-Instruct)",
    ],
    retrieved: "2026-11",
  },
  "mistral-7b-v0.3": {
    family: "Mistral",
    hf_repo: "mistralai/Mistral-7B-v0.3",
    license: "Apache-2.0",
    published: {
      params: 7_248_023_552,
      source: "HF Hub safetensors.total of mistralai/Mistral-7B-Instruct-v0.3 (AlexsJones/llmfit)",
    },
    source: [
      "Lightning-AI/litgpt@26857050:litgpt/config.py (mistralai/Mistral-7B-v0.3)",
      "manuelescobar-dev/LLM-Tools@9e909736:llm_tools/models/Mistral-7B-Instruct-v0.3.json",
      "mlc-ai/mlc-llm@79d603f0:python/mlc_llm/model/model_preset.py (mistral_7b_v03)",
    ],
    retrieved: "2026-11",
    note: "vocab 32768 (v0.1/v0.2: 32000)",
  },
  "qwen2.5-0.5b": {
    family: "Qwen2.5",
    hf_repo: "Qwen/Qwen2.5-0.5B",
    license: "Apache-2.0",
    published: {
      params: 494_032_768,
      source:
        "Hugging Face Hub safetensors.total as recorded in AlexsJones/llmfit llmfit-core/data/hf_models.json (git history up to 2026-05); keras-team/keras-hub@71453d08f:keras_hub/src/models/*_presets.py (qwen2.5_0.5b_en)",
    },
    source: [
      "Lightning-AI/litgpt@26857050:litgpt/config.py (Qwen/Qwen2.5-0.5B)",
      "AlexsJones/llmfit@bab8c01:llmfit-core/data/hf_models.json (config.json fields of Qwen/Qwen2.5-0.5B)",
      "pytorch/executorch@cff6f4dd:examples/mediatek/models/llm_models/weights/Qwen2.5-0.5B-Instruct/config.json",
    ],
    retrieved: "2026-11",
  },
  "qwen2.5-7b": {
    family: "Qwen2.5",
    hf_repo: "Qwen/Qwen2.5-7B",
    license: "Apache-2.0",
    published: {
      params: 7_615_616_512,
      source:
        "Hugging Face Hub safetensors.total as recorded in AlexsJones/llmfit llmfit-core/data/hf_models.json (git history up to 2026-05)",
    },
    source: [
      "Lightning-AI/litgpt@26857050:litgpt/config.py (Qwen/Qwen2.5-7B)",
      "AlexsJones/llmfit@bab8c01:llmfit-core/data/hf_models.json (config.json fields of Qwen/Qwen2.5-7B)",
      "inference-sim/inference-sim@f90a1e3a:model_configs/qwen2.5-7b-instruct/config.json [differs: max_position_embeddings: source 32768 vs 131072]",
      "AI-Hypercomputer/maxtext@e591f30c:src/maxtext/checkpoint_conversion/utils/hf_model_configs.py (qwen2.5-7b) [differs: max_position_embeddings: source 32768 vs 131072]",
    ],
    retrieved: "2026-11",
    note: "keras-hub lists 6,993,420,288 for this preset: wrong",
  },
  "qwen3-8b": {
    family: "Qwen3",
    hf_repo: "Qwen/Qwen3-8B",
    license: "Apache-2.0",
    published: {
      params: 8_190_735_360,
      source:
        "Hugging Face Hub safetensors.total as recorded in AlexsJones/llmfit llmfit-core/data/hf_models.json (git history up to 2026-05); keras-team/keras-hub@71453d08f:keras_hub/src/models/*_presets.py (qwen3_8b_en)",
    },
    source: [
      "Lightning-AI/litgpt@26857050:litgpt/config.py (Qwen/Qwen3-8B)",
      "AlexsJones/llmfit@bab8c01:llmfit-core/data/hf_models.json (config.json fields of Qwen/Qwen3-8B-Base)",
      "ai-dynamo/aiconfigurator@095f58a5:aic-core/src/aiconfigurator_core/model_configs/Qwen--Qwen3-8B_config.json",
      "AI-Hypercomputer/maxtext@e591f30c:src/maxtext/checkpoint_conversion/utils/hf_model_configs.py (qwen3-8b)",
      "NVIDIA/NeMo@8cfedd72:nemo/collections/llm/gpt/model/qwen3.py (Qwen3Config8B)",
    ],
    retrieved: "2026-11",
  },
  "gemma-2-9b": {
    family: "Gemma 2",
    hf_repo: "google/gemma-2-9b",
    license: "Gemma Terms of Use",
    published: {
      params: 9_241_705_984,
      source: "HF Hub safetensors.total of google/gemma-2-9b-it, unsloth/gemma-2-9b-it (AlexsJones/llmfit)",
    },
    source: [
      "Lightning-AI/litgpt@26857050:litgpt/config.py (google/gemma-2-9b)",
      "AlexsJones/llmfit@bab8c01:llmfit-core/data/hf_models.json (config.json fields of unsloth/gemma-2-9b-it)",
      "mlc-ai/mlc-llm@79d603f0:python/mlc_llm/model/model_preset.py (gemma2_9b)",
      "AI-Hypercomputer/maxtext@e591f30c:src/maxtext/checkpoint_conversion/utils/hf_model_configs.py (gemma2-9b)",
      "NVIDIA/NeMo@8cfedd72:nemo/collections/llm/gpt/model/gemma2.py (Gemma2Config9B)",
    ],
    retrieved: "2026-11",
  },
  "gemma-3-4b": {
    family: "Gemma 3",
    hf_repo: "google/gemma-3-4b-pt",
    license: "Gemma Terms of Use",
    published: {
      params: 4_300_079_472,
      source:
        "Hugging Face Hub safetensors.total as recorded in AlexsJones/llmfit llmfit-core/data/hf_models.json (git history up to 2026-05); keras-team/keras-hub@71453d08f:keras_hub/src/models/*_presets.py (medgemma_4b)",
      differences: [{ what: "SigLIP vision tower + projector (computed)", params: 419_816_304 }],
    },
    source: [
      "Lightning-AI/litgpt@26857050:litgpt/config.py (google/gemma-3-4b-it) [differs: vocab_size: source 262144 vs 262208]",
      "AlexsJones/llmfit@bab8c01:llmfit-core/data/hf_models.json (config.json fields of unsloth/gemma-3-4b-it)",
      "NVIDIA/NeMo@8cfedd72:nemo/collections/llm/gpt/model/gemma3.py (Gemma3Config4B)",
    ],
    retrieved: "2026-11",
    note: "Text decoder only. vocab 262208 in HF (64 padding rows); litgpt / keras / maxtext use 262144",
  },
  "phi-4": {
    family: "Phi-4",
    hf_repo: "microsoft/phi-4",
    license: "MIT",
    published: {
      params: 14_659_507_200,
      source: "HF Hub safetensors.total of unsloth/phi-4 (AlexsJones/llmfit)",
    },
    source: [
      "Lightning-AI/litgpt@26857050:litgpt/config.py (microsoft/phi-4)",
      "AlexsJones/llmfit@bab8c01:llmfit-core/data/hf_models.json (config.json fields of unsloth/phi-4)",
    ],
    retrieved: "2026-11",
  },
} as const satisfies Record<keyof typeof POPULAR_MODELS, ModelDetails>;
