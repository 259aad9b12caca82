import { arrived, attach, like, save, startNode } from "#calc/tape/record.ts";
import { consume, drop, freshBy } from "#calc/tape/tensor.ts";
import type { Tensor } from "#calc/tape/tape.ts";

/** `F.logsigmoid(x)`: saves x, and on a CPU a buffer of x's size, which CUDA leaves empty. @see aten/src/ATen/native/Activation.cpp, `log_sigmoid_forward_cpu` */
export const logSigmoid = (x: Tensor): Tensor => {
  const { tape, shape, dtype } = x;
  const make = (): Tensor => freshBy(tape, { name: "log_sigmoid", shape, dtype });
  const node = startNode("log_sigmoid", [x], (gradients) => [like(arrived(gradients))]);
  const buffer = tape.policies.fakeTensors ? make() : null;
  const output = attach(make(), node);
  if (node !== null) for (const saved of buffer === null ? [x] : [x, buffer]) save(node, saved);
  if (buffer !== null) drop(buffer);
  consume(x);
  return output;
};
