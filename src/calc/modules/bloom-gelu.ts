import { within } from "#calc/tape/recorder.ts";
import { consume, drop } from "#calc/tape/tensor.ts";
import { arrived, attach, like, save, startNode } from "#calc/tape/record.ts";
import type { Tensor } from "#calc/tape/tape.ts";

const scratch = (x: Tensor, count: number): void => Array.from({ length: count }, () => like(x)).forEach(drop);

/** `BloomGelu`: a custom autograd function that saves its input; four of its temporaries are alive at once in forward, five in backward. */
export const bloomGelu = (x: Tensor): Tensor => {
  const node = startNode("GeLUFunction", [x], (gradients) => {
    scratch(arrived(gradients), 5);
    return [like(arrived(gradients))];
  });
  const output = within(x.tape.recorder, { op: "GeLUFunction" }, () => {
    scratch(x, 4);
    return attach(like(x), node);
  });
  if (node !== null) save(node, x);
  consume(x);
  return output;
};
