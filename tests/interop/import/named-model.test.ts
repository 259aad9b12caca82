import { describe, expect, test } from "vitest";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { catalogModel } from "#interop/import/named-model.ts";

const NAMES: Readonly<Record<string, string>> = {
  "meta-llama/Llama-3.1-8B": "llama-3.1-8b",
  "meta-llama/Meta-Llama-3.1-8B-Instruct": "llama-3.1-8b",
  "NousResearch/Meta-Llama-3-8B": "llama-3-8b",
  "unsloth/llama-3-8b-bnb-4bit": "llama-3-8b",
  "TechxGenus/Meta-Llama-3-8B-Instruct-AWQ": "llama-3-8b",
  "unsloth/Llama-3.2-1B-Instruct-unsloth-bnb-4bit": "llama-3.2-1b",
  "/data/models/Llama-2-7b-chat-hf/": "llama-2-7b",
  "meta-llama/Llama-3.3-70B-Instruct": "llama-3.3-70b",
  "mistralai/Mistral-7B-Instruct-v0.2": "mistral-7b-v0.2",
  "unsloth/mistral-7b-bnb-4bit": "mistral-7b-v0.1",
  "mistralai/Mistral-Nemo-Instruct-2407": "mistral-nemo-12b",
  "mistralai/Mixtral-8x7B-Instruct-v0.1": "mixtral-8x7b",
  "mistral-community/Mixtral-8x22B-v0.1": "mixtral-8x22b",
  "Qwen/Qwen2.5-7B-Instruct-GPTQ-Int4": "qwen2.5-7b",
  "Qwen/Qwen2.5-Coder-14B": "qwen2.5-14b",
  "Qwen/Qwen3-4B-Instruct-2507": "qwen3-4b-2507",
  "Qwen/Qwen3-4B": "qwen3-4b",
  "Qwen/Qwen3-30B-A3B": "qwen3-30b-a3b",
  "google/gemma-2-9b-it": "gemma-2-9b",
  "google/gemma-3-4b-pt": "gemma-3-4b",
  "microsoft/Phi-3-mini-4k-instruct": "phi-3-mini-4k",
  "microsoft/Phi-3.5-mini-instruct": "phi-3.5-mini",
  "deepseek-ai/DeepSeek-R1-Distill-Qwen-1.5B": "deepseek-r1-distill-qwen-1.5b",
  "deepseek-ai/DeepSeek-V2-Lite-Chat": "deepseek-v2-lite",
  "HuggingFaceTB/SmolLM3-3B-checkpoints": "smollm3-3b",
  "HuggingFaceTB/SmolLM2-1.7B-Instruct": "smollm2-1.7b",
  "TinyLlama/TinyLlama_v1.1": "tinyllama-1.1b",
  "openai/gpt-oss-20b": "gpt-oss-20b",
  "meta-llama/Llama-4-Scout-17B-16E-Instruct": "llama-4-scout",
  "codellama/CodeLlama-7b-hf": "codellama-7b",
  "HuggingFaceH4/zephyr-7b-beta": "mistral-7b-v0.1",
  "HuggingFaceH4/zephyr-7b-gemma-sft-v0.1": "gemma-7b",
  "HuggingFaceH4/zephyr-7b-gemma-v0.1": "gemma-7b",
  "/root/.cache/modelscope/hub/Qwen/Qwen2___5-7B-Instruct": "qwen2.5-7b",
  "llama3_1-8b-instruct": "llama-3.1-8b",
  llama_2_7b: "llama-2-7b",
};

describe("the model of a name", () => {
  test.each(Object.entries(NAMES))("%s is %s", (name, id) => {
    expect(catalogModel(name, FULL_CATALOG)).toBe(id);
  });

  test.each([
    "Qwen/Qwen3-VL-4B-Instruct",
    "someone/of-their-own",
    "",
    "-hf",
    "./checkpoints/run-3",
    "meta-llama/Llama-3.2-11B-Vision",
  ])("%s is no model of the catalog", (name) => {
    expect(catalogModel(name, FULL_CATALOG)).toBeUndefined();
  });
});
