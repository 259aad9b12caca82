import { within } from "#calc/tape/recorder.ts";
import { consume, drop, fresh } from "#calc/tape/tensor.ts";
import { attach, like, save, startNode } from "#calc/tape/record.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import { likeGradient } from "./backwards.ts";

/** `F.dropout` as on CUDA: the output and a mask of one byte an element, which backward needs. */
export const dropout = (x: Tensor, probability: number): Tensor => {
  if (probability === 0 || x.tape.policies.withoutDropout === true) return x;
  const node = startNode("dropout", [x], likeGradient);
  const [output, mask] = within(x.tape.recorder, { op: "dropout" }, () => [like(x), fresh(x.tape, x.shape, "bool")]);
  attach(output, node);
  if (node !== null) save(node, mask);
  drop(mask);
  consume(x);
  return output;
};
