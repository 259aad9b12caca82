import type { Amount } from "#calc/formula/amount.ts";

/** What a loss path needs, beside what the layers keep. */
export type LossMemory = Readonly<{
  /** The most that is alive during its forward. */
  forward: Amount;
  /** What stays until backward. */
  saved: Amount;
  /** The most that is alive during its backward, before the head's own products. */
  backward: Amount;
  /** What is alive while the head's products make the gradients of its weight and of the hidden state. */
  headBackward: Amount;
  /** True when the head's gradient is made during forward. */
  isHeadGradientInForward: boolean;
}>;

/** What a loss path must know of the model and of the run. */
export type LossContext = Readonly<{
  micro_batch_size: number;
  sequence_length: number;
  vocab_size: number;
  hidden_size: number;
  /** Bytes of an element of the logits as the head makes them: 2, or 4 from a fp32 head outside autocast. */
  logitsBytes: number;
  /** Bytes of an element of the head's weight. */
  headBytes: number;
  isHeadTrained: boolean;
  /** Logits go through cap × tanh(logits / cap) (Gemma 2), which saves the tanh. */
  isSoftcapped: boolean;
}>;
