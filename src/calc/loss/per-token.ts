import { allocated } from "#calc/allocation.ts";
import { type Amount, NOTHING, product } from "#calc/formula/amount.ts";
import { config, constant, setting } from "#calc/formula/inputs.ts";
import type { LossContext } from "./loss-memory.ts";

const INT64_BYTES = 8;

/** b × s × V × bytes: tensors of the logits' shape, `bytes` in all for each token and vocabulary entry. */
export const perLogit = (context: LossContext, bytesEach: number): Amount => ({
  bytes: allocated(context.micro_batch_size * context.sequence_length * context.vocab_size * bytesEach),
  formula: product(
    setting("micro_batch_size", context.micro_batch_size),
    setting("sequence_length", context.sequence_length),
    config("vocab_size", context.vocab_size),
    constant("bytes per logit", bytesEach),
  ),
});

/** b × s × h × bytes: tensors of the hidden state's shape. */
export const perHidden = (context: LossContext, bytesEach: number): Amount => ({
  bytes: allocated(context.micro_batch_size * context.sequence_length * context.hidden_size * bytesEach),
  formula: product(
    setting("micro_batch_size", context.micro_batch_size),
    setting("sequence_length", context.sequence_length),
    config("hidden_size", context.hidden_size),
    constant("bytes of the hidden state's gradient", bytesEach),
  ),
});

/** V × h × bytes: a gradient of the head's weight, if the head is trained. */
export const perHeadWeight = (context: LossContext, bytesEach: number): Amount =>
  context.isHeadTrained
    ? {
        bytes: allocated(context.vocab_size * context.hidden_size * bytesEach),
        formula: product(
          config("vocab_size", context.vocab_size),
          config("hidden_size", context.hidden_size),
          constant("bytes of the head's gradient", bytesEach),
        ),
      }
    : NOTHING;

/** `tokens` × V × bytes: logits of some of the tokens. */
export const perChunk = (context: LossContext, tokens: number, bytesEach: number): Amount => ({
  bytes: allocated(tokens * context.vocab_size * bytesEach),
  formula: product(
    constant("tokens of a chunk", tokens),
    config("vocab_size", context.vocab_size),
    constant("bytes per logit", bytesEach),
  ),
});

/** The labels padded by one column for the shift, int64. */
export const paddedLabels = ({ micro_batch_size, sequence_length }: LossContext): Amount => ({
  bytes: allocated(micro_batch_size * (sequence_length + 1) * INT64_BYTES),
  formula: product(
    setting("micro_batch_size", micro_batch_size),
    constant("tokens with one of padding", sequence_length + 1),
    constant("bytes of a label", INT64_BYTES),
  ),
});

/** The shifted labels made contiguous: a copy when there is more than one row, otherwise a view of the padded ones. */
export const shiftedLabels = (context: LossContext): Amount =>
  context.micro_batch_size === 1
    ? NOTHING
    : {
        bytes: allocated(context.micro_batch_size * context.sequence_length * INT64_BYTES),
        formula: product(
          setting("micro_batch_size", context.micro_batch_size),
          setting("sequence_length", context.sequence_length),
          constant("bytes of a label", INT64_BYTES),
        ),
      };
