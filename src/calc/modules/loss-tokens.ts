// Number of tokens that each chunk of a chunked loss takes.

import type { LossPath, Scenario } from "#calc/model/scenario.ts";
import { assert } from "#calc/base/guards.ts";
import type { StepOptions } from "#calc/model/step-options.ts";
import { virtualTokensOf } from "#calc/model/tuners.ts";
import { predictedTokens } from "#calc/tape/ledger/extent.ts";

/** Tokens of one tile of TRL's fused head. @see trl/kernels/chunked_logprob.py, `TOKEN_CHUNK_SIZE` */
export const TRL_TOKENS = 4096;

const nextPowerOfTwo = (n: number): number => 2 ** Math.ceil(Math.log2(Math.max(1, n)));

/** Positions of each row that LitGPT's head takes at a time. @see litgpt/finetune/lora.py, `lm_head_chunk_size=128` */
export const LITGPT_POSITIONS = 128;

/** A batch: its rows, its tokens in all, and those that a loss scores. */
type Tokens = Readonly<{ rows: number; tokens: number; scored: number }>;

/** What a batch has of them, virtual tokens among its own. */
export const tokensOf = (
  method: Scenario["method"],
  {
    micro_batch_size: rows,
    sequence_length,
    scored_tokens,
  }: Pick<Scenario, "micro_batch_size" | "sequence_length" | "scored_tokens">,
): Tokens => {
  const virtual = virtualTokensOf(method);
  const scored = scored_tokens ?? predictedTokens(rows, sequence_length, virtual);
  return { rows, tokens: rows * (sequence_length + virtual), scored };
};

/** Tokens that TRL's head takes: those that are scored, or without Triton all but the last of each row. */
export const tokensOfTrlHead = (
  { withoutTriton }: Extract<LossPath, { kernel: "trl" }>,
  { rows, tokens, scored }: Tokens,
): number => (withoutTriton ? tokens - rows : scored);

/**
 * How many tokens of a batch have logits at once. Liger: the next power of two of T / ⌈V / h⌉.
 *
 * @see liger_kernel/ops/fused_linear_cross_entropy.py, `chunk_size`
 */
export const chunkTokens = (
  { loss, architecture }: Pick<StepOptions, "loss" | "architecture">,
  batch: Tokens,
): number => {
  const { rows, tokens } = batch;
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
      // Its kernel makes a block of logits in registers: none has memory of its own.
      if (loss.kernel === "cut") return 1;
      if (loss.kernel === "trl") return Math.min(tokensOfTrlHead(loss, batch), TRL_TOKENS);
      const parts = Math.ceil(architecture.vocab_size / architecture.hidden_size);
      return Math.min(tokens, nextPowerOfTwo(Math.ceil(tokens / parts)));
    }
    default:
      return loss satisfies never;
  }
};
