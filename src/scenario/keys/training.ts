import { OPTIMIZERS } from "#calc/model/scenario.ts";
import { flag, key, ofCard, ofStack, oneOf, special, whole, wordOrNumber, type Keys } from "./key.ts";
import { TOKENS } from "./open.ts";

/** Alternative spellings by transformers itself (`training_args.py`, `OptimizerNames`). */
const OPTIMIZER_ALIASES = {
  adamw_8bit: "adamw_bnb_8bit",
  lion_32bit: "lion",
  paged_adamw: "paged_adamw_32bit",
} as const;

/** MiB of blocks that are not split: PyTorch takes no fewer. */
const SPLIT_MIB = { min: 20, max: 65_536 };

/** Keys of the training step. */
export const TRAINING = {
  loss: ofStack(oneOf(["full", "parallel", "inplace", "chunked", "fused"]), { apart: "of-sft" }),
  attn: ofCard(oneOf(["flash", "sdpa", "math", "eager"], { flash_attention_2: "flash" })),
  optim: ofStack(oneOf(OPTIMIZERS, OPTIMIZER_ALIASES)),
  accum: key(whole(1, 4096), 1),
  ckpt: key(flag, true),
  selective: ofStack(special("selective")),
  actoffload: ofStack(flag, { apart: "offloads" }),
  packing: key(flag, true, { apart: "of-sft" }),
  lengths: key(wordOrNumber(["fixed", "uniform"], "lognormal", TOKENS.range), "fixed"),
  alloc: key(wordOrNumber(["default", "expandable"], "split", SPLIT_MIB), "default"),
  /** All of Liger's kernels: norms, gated MLPs, rotary embedding, and the loss where none is chosen. */
  liger: ofStack(flag),
  /** Linears and their adapters as one kernel. */
  lorakernels: ofStack(flag),
  reentrant: ofStack(flag),
} satisfies Keys;
