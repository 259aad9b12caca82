import type { Knowledge } from "#calc/engine.ts";
import { llama } from "#calc/families/llama.ts";
import { sft } from "#calc/modules/objectives/sft.ts";
import { lora } from "#calc/modules/tuners/lora.ts";
import { adamwFused } from "#calc/optimizers/adamw.ts";

/** What an engine needs that runs Llamas on one GPU, in full or with LoRA, under fused AdamW. */
export const LITTLE: Knowledge = {
  families: [llama],
  modellings: {},
  optimizers: { adamw_torch_fused: adamwFused },
  strategies: null,
  activations: null,
  tuners: { lora },
  objectives: { sft },
};
