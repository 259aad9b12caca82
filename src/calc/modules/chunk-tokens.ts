import { assert } from "#calc/base/assert.ts";
import type { StepOptions } from "#calc/model/options/step-options.ts";

/** Tokens of one tile of TRL's fused head. @see trl/kernels/chunked_logprob.py, `TOKEN_CHUNK_SIZE` */
export const TRL_TOKENS = 4096;

const nextPowerOfTwo = (n: number): number => 2 ** Math.ceil(Math.log2(Math.max(1, n)));

/** Positions of each row that LitGPT's head takes at a time. @see litgpt/finetune/lora.py, `lm_head_chunk_size=128` */
export const LITGPT_POSITIONS = 128;

/** A batch: its rows, its tokens in all, and those that a loss scores. */
type Tokens = Readonly<{ rows: number; tokens: number; scored: number }>;

/**
 * How many tokens of a batch have logits at once. Liger: the next power of two of T / ⌈V / h⌉.
 *
 * @see liger_kernel/ops/fused_linear_cross_entropy.py, `chunk_size`
 */
export const chunkTokens = (
  { loss, architecture }: Pick<StepOptions, "loss" | "architecture">,
  { rows, tokens, scored }: Tokens,
): number => {
  switch (loss.kind) {
    case "full":
    case "inplace":
      return tokens;
    case "chunked":
      assert(loss.chunks !== "by-free-memory", "a loss has a number of chunks once it runs");
      return Math.ceil(tokens / Math.max(1, loss.chunks));
    case "litgpt":
      return Math.min(tokens, LITGPT_POSITIONS * rows);
    case "fused": {
      if (loss.kernel === "trl") return Math.min(scored, TRL_TOKENS);
      const parts = Math.ceil(architecture.vocab_size / architecture.hidden_size);
      return Math.min(tokens, nextPowerOfTwo(Math.ceil(tokens / parts)));
    }
    default:
      return loss satisfies never;
  }
};
