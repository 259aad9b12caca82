import { attach, save, startNode } from "#calc/tape/record.ts";
import { consume, drop, fresh, freshBy } from "#calc/tape/tensor.ts";
import { shapeOf } from "#calc/tape/ledger/shape.ts";
import type { Tensor } from "#calc/tape/tape.ts";

/**
 * TRL's kernel for `selective_log_softmax`, from 1.14 on: log-probabilities of given tokens from whole logits [b, s−1, V], with entropies that nobody asks for. It
 * keeps logits, index and two numbers of each token; its gradient is a new tensor of the logits' shape.
 *
 * @see trl 1.16, kernels/logprob_entropy.py, `_LogProbEntropyFunction`
 */
export const logProbEntropy = (logits: Tensor, index: Tensor): Tensor => {
  const { tape } = logits;
  const { shape, dtype } = logits;
  const node = startNode("log_prob_entropy", [logits], () => [fresh(tape, shape, dtype)]);
  const make = (): Tensor => freshBy(tape, { name: "log_prob_entropy", shape: shapeOf("b", "s-1"), dtype: "fp32" });
  const logProbabilities = attach(make(), node);
  const [entropy, log_z, expected] = [make(), make(), make()];
  if (node !== null) for (const saved of [logits, index, log_z, expected]) save(node, saved);
  for (const made of [entropy, log_z, expected]) drop(made);
  for (const input of [logits, index]) consume(input);
  return logProbabilities;
};
