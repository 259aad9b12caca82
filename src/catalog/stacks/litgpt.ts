import type { StackRow } from "#catalog/stack-row.ts";
import { TRANSFORMERS } from "./transformers.ts";

/**
 * LitGPT with its config hub: its own model code; `bf16-true`, so adapters, gradients and states are bf16 and nothing is autocast; torch's AdamW (foreach),
 * on a quantised base bitsandbytes' paged one. The loop holds fp32 logits, and the graph behind them, until the next step's take their name; what
 * bitsandbytes before 0.43 (0.42 is the version that LitGPT asks for) keeps of each 4-bit linear goes only with that graph.
 */
export const LITGPT: StackRow = {
  ...TRANSFORMERS,
  name: "LitGPT",
  modelling: "litgpt",
  autocast: false,
  adapters: { lora: "bf16", qlora: "bf16" },
  kbitPreparation: "none",
  loss: "chunked",
  lossPaths: { ...TRANSFORMERS.lossPaths, chunked: { kind: "litgpt", longestFirst: false } },
  optim: "adamw_torch",
};

/** Lit-GPT in 2023: the longest sample is run first, so that nothing is left of a step before at the highest point of the run. */
export const LIT_GPT_2023: StackRow = {
  ...LITGPT,
  name: "Lit-GPT of 2023",
  lossPaths: { ...LITGPT.lossPaths, chunked: { kind: "litgpt", longestFirst: true } },
};
