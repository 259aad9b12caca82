import type { Element } from "#calc/tape/element.ts";
import { record } from "#calc/tape/record.ts";
import type { Shape } from "#calc/tape/shape.ts";
import type { Tensor } from "#calc/tape/tape.ts";

/** What an operation without a gradient makes. */
export type Computed = Readonly<{ name: string; shape: Shape; dtype: Element }>;

/** An operation that nobody differentiates: positions, angles, masks. */
export const compute = ({ name, shape, dtype }: Computed, ...inputs: readonly Tensor[]): Tensor =>
  record({ name, inputs, shape, dtype, backward: () => [] });
