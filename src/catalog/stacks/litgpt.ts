// Defaults of LitGPT, current and older versions.

import { type StackRow, withoutTrainer } from "#catalog/stack-row.ts";
import { TRANSFORMERS } from "./transformers.ts";

/**
 * LitGPT with its config hub: its own model code; `bf16-true`, so adapters, gradients and states are bf16 and nothing is autocast; torch's AdamW (foreach),
 * on a quantised base bitsandbytes' paged one, which is chosen by hand here. The loop holds fp32 logits until the next step's take their name.
 */
export const LITGPT: StackRow = {
  ...withoutTrainer(TRANSFORMERS),
  name: "LitGPT",
  modelling: "litgpt",
  // finetune/lora.py: FSDPStrategy(auto_wrap_policy={Block}); lightning/fabric/strategies/fsdp.py: use_orig_params=True.
  fsdp: {
    reshardsAfterForward: true,
    reduce: "bf16",
    reducesEachMicroStep: false,
    endsApart: false,
    adaptersInLayers: true,
  },
  autocast: false,
  adapters: { lora: "bf16", qlora: "bf16" },
  kbitPreparation: "none",
  loss: "chunked",
  lossPaths: { ...TRANSFORMERS.lossPaths, chunked: { kind: "litgpt", longestFirst: false } },
  optim: "adamw_torch",
};

/** LitGPT up to 0.5.4 asks for bitsandbytes 0.42, which keeps the input of each 4-bit linear; it goes with the graph, which the held logits hold. */
export const LITGPT_0_4: StackRow = { ...LITGPT, name: "LitGPT 0.4", modelling: "litgpt-0.4" };

/** Lit-GPT in 2023: the longest sample is run first, so that nothing is left of a step before at the highest point of the run. */
export const LIT_GPT_2023: StackRow = {
  ...LITGPT_0_4,
  name: "Lit-GPT (2023)",
  lossPaths: { ...LITGPT.lossPaths, chunked: { kind: "litgpt", longestFirst: true } },
};
