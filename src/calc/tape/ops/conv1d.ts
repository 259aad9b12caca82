import { fresh } from "#calc/tape/tensor.ts";
import { castForMatmul } from "#calc/tape/autocast.ts";
import { arrived, record } from "#calc/tape/record.ts";
import { shapeOf } from "#calc/tape/ledger/shape.ts";
import type { Tensor } from "#calc/tape/tape.ts";

/** `F.conv1d(x, weight, bias, padding=kernel - 1, groups=channels)`: [b, channels, s] → [b, channels, s + kernel − 1]. */
export const conv1d = (input: Tensor, kernel: Tensor, bias: Tensor | null): Tensor => {
  const castBias = bias === null ? null : castForMatmul(bias);
  const weight = castForMatmul(kernel);
  const x = castForMatmul(input);
  const inputs = castBias === null ? [x, weight] : [x, weight, castBias];
  const needs = inputs.map(({ node, shape }) => (node === null ? null : shape));
  const [, channels = 1] = x.shape.dims;
  return record({
    name: "conv1d",
    inputs,
    shape: shapeOf("b", channels, weight.shape.dims[1] === 3 ? "s+2" : "s+3"),
    dtype: x.dtype,
    saves: [x, weight],
    backward: (gradients) => {
      const { tape, dtype } = arrived(gradients);
      return needs.map((shape) => (shape === null ? null : fresh(tape, shape, dtype)));
    },
  });
};
