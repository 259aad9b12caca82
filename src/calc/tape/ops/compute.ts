import type { Element } from "#calc/base/element.ts";
import type { Shape } from "#calc/tape/shape.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import { consume, fresh } from "#calc/tape/tape.ts";

/** What an operation without a gradient makes. */
export type Computed = Readonly<{ name: string; shape: Shape; dtype: Element }>;

/** An operation that nobody differentiates: positions, angles, masks, norms under `no_grad`. */
export const compute = ({ name, shape, dtype }: Computed, ...inputs: readonly [Tensor, ...Tensor[]]): Tensor => {
  const { tape } = inputs[0];
  tape.op = name;
  const output = fresh(tape, shape, dtype);
  for (const input of inputs) consume(input);
  return output;
};
