import type { MeasuredRun } from "./measured-run.ts";

/** Tokens that FMS HF Tuning adds to a model's tokenizer, by the model's name; the first that matches. */
const BY_MODEL: readonly (readonly [RegExp, number])[] = [
  // Llama 3's tokenizer lacks a padding token and an unknown token.
  [/llama-3/i, 2],
  // PowerLM's lacks none. A padding token that equals the end token is renamed at this commit, not added.
  [/powerlm/i, 0],
];

/** Other tokenizers lack the padding token alone. */
const PADDING = 1;

/**
 * Tokens that a run's library adds to the vocabulary. FMS HF Tuning, which fms-acceleration's benchmark runs, adds the special tokens that a tokenizer lacks, and makes
 * embeddings and head as long as the tokenizer. One row decides where a large block of the allocator fits exactly: at batch 4 PowerLM's fp32 logits without their last position
 * leave a block of 3,072 MiB, into which a gradient of 49,152 columns fits and one of 49,153 does not.
 *
 * The tokenizers could not be read. The bytes that the benchmark gives as allocated say the same. From batch 4 to batch 8 they grow as the prediction does plus 8
 * bytes a token, an attention mask: of PowerLM with no token, of Mistral with one. What Llama 3's adapters leave allocated agrees with two, to 34 blocks of 512 bytes (Mistral's with one, to 33).
 *
 * @see foundation-model-stack/fms-hf-tuning@b33634c8, tuning/sft_trainer.py, `special_tokens_dict`; tuning/utils/tokenizer_data_utils.py,
 * `tokenizer_and_embedding_resize` (`multiple_of` 1)
 */
export const addedTokens = ({ source, model }: Pick<MeasuredRun, "model" | "source">): number =>
  source.startsWith("foundation-model-stack/fms-acceleration")
    ? (BY_MODEL.find(([pattern]) => pattern.test(model))?.[1] ?? PADDING)
    : 0;
