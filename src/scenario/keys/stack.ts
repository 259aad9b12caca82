import { flag, key, ofCard, ofStack, oneOf, special, type Keys } from "./key.ts";
import { COMPUTES, EXPERT_READS, EXPERTS, QUANTS } from "./values.ts";

/** The training library, and what it does with a base. */
export const STACK = {
  stack: key(special("stack"), "transformers"),
  compute: ofCard(oneOf(COMPUTES)),
  autocast: ofStack(flag),
  quant: key(oneOf(QUANTS), "nf4"),
  dq: key(flag, true),
  experts: ofStack(oneOf(EXPERTS)),
  expertread: ofStack(oneOf(EXPERT_READS)),
  kbit: ofStack(oneOf(["fp32", "trl", "trl-0.11", "axolotl", "none"])),
} satisfies Keys;
