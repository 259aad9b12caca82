// OFT: inputs of a linear rotated block by block.

import { baseLinear } from "#calc/modules/linear.ts";
import { type Adapter, adapterTensorOf, type LoadedLinear, type Tuner } from "#calc/modules/loaded-modules.ts";
import { shapeOf } from "#calc/tape/ledger/shape.ts";
import { withoutGraph } from "#calc/tape/operation.ts";
import { subtract, addInPlace } from "#calc/tape/ops/arithmetic.ts";
import { einsumResult, operand, bmm, transposeMatrices } from "#calc/tape/ops/products.ts";
import { addScaledInPlace, scattered } from "#calc/tape/ops/tuner-products.ts";
import { to, reshape, view } from "#calc/tape/ops/views.ts";
import { bind, call, rebind, scoped } from "#calc/tape/scope.ts";
import type { Tensor } from "#calc/tape/tape.ts";

const R = "oft_R.weight";

/** The divisor of `in_features` that lies nearest the asked size, the smaller of two. @see peft/tuners/oft/layer.py, `adjust_oft_parameters` */
const blockSize = (asked: number, in_features: number): number => {
  if (asked >= in_features) return in_features;
  let [lower, higher] = [asked, asked];
  while (in_features % lower !== 0) lower--;
  while (in_features % higher !== 0) higher++;
  return asked - lower <= higher - asked ? lower : higher;
};

/** Elements above the diagonal of one block. */
const aboveDiagonal = (size: number): number => (size * (size - 1)) / 2;

/** How an input is cut: so many blocks, of so many features each. */
type Blocks = Readonly<{ count: number; size: number }>;

const blocksOf = (weight: Tensor, in_features: number): Blocks => {
  const count = Number(weight.shape.dims[0] ?? 1);
  return { count, size: in_features / count };
};

/** `_pytorch_skew_symmetric`: matrix − matrixᵀ */
const skewSymmetric = (weight: Tensor, { count, size }: Blocks): Tensor =>
  scoped(weight.tape, () => {
    let matrix = bind(scattered(weight, shapeOf(count, size, size)));
    matrix = rebind(matrix, subtract(matrix, transposeMatrices(matrix)));
    return matrix;
  });

/** `_cayley_batch`: I + 2 Q + 2 Q² + 2 Q³ + Q⁴, Neumann's series of five terms. Autocast multiplies 16-bit copies of Q. */
const cayley = (weight: Tensor, blocks: Blocks): Tensor =>
  scoped(weight.tape, () => {
    const Q_skew = bind(skewSymmetric(weight, blocks));
    const { shape, dtype } = Q_skew;
    const { size } = blocks;
    const eye = withoutGraph({ name: "eye", shape: shapeOf(size, size), dtype }, Q_skew);
    let rotation = bind(withoutGraph({ name: "repeat", shape, dtype }, eye));
    rotation = rebind(rotation, addScaledInPlace(rotation, Q_skew));
    const Q_squared = bind(bmm(Q_skew, Q_skew, shape));
    rotation = rebind(rotation, addScaledInPlace(rotation, Q_squared));
    let Q_power = bind(bmm(Q_squared, Q_skew, shape));
    rotation = rebind(rotation, addScaledInPlace(rotation, Q_power));
    Q_power = rebind(Q_power, bmm(Q_power, Q_skew, shape));
    return rebind(rotation, addInPlace(rotation, Q_power));
  });

/** `OFTRotationModule.forward`: `einsum("...rk,rkc->...rc")` of the input's blocks, which are seen as they lie, and their rotations. */
const rotated = (adapter: Adapter, x: Tensor): Tensor =>
  call(
    "oft_R",
    (input) => {
      const weight = adapterTensorOf(adapter, R);
      const { dims } = input.shape;
      const blocks = blocksOf(weight, Number(dims[dims.length - 1] ?? 1));
      const shape = shapeOf(...dims.slice(0, -1), blocks.count, blocks.size);
      const orth_rotate = bind(cayley(weight, blocks));
      const x_reshaped = bind(view(input, shape));
      const product = bmm(operand(x_reshaped), operand(orth_rotate), shape);
      const x_rotated_reshaped = bind(einsumResult(product));
      const x_rotated = bind(reshape(x_rotated_reshaped, input.shape));
      return to(x_rotated, input.dtype);
    },
    x,
  );

/** The forward of PEFT's module, around a quantised linear, too: the base has the rotated input. */
const forward = (module: LoadedLinear, adapter: Adapter, x: Tensor): Tensor => {
  let input = bind(to(x, adapterTensorOf(adapter, R).dtype));
  input = rebind(input, rotated(adapter, input));
  const result = bind(baseLinear(module, to(input, x.dtype)));
  return to(result, x.dtype);
};

/**
 * OFT: the input of a linear, cut into blocks, is rotated block by block. Where other tuners have a rank it has `oft_block_size`; its other options are
 * PEFT's own, without a dropout of modules.
 *
 * @see peft 0.21, tuners/oft/layer.py, `OFTRotationModule`, `Linear.forward`; Qiu et al. 2023, "OFT"; Qiu et al. 2025, "OFTv2"
 */
export const oft: Tuner = {
  id: "oft",
  tensors: ({ kind, in_features }, { r }) => {
    const size = blockSize(r, in_features);
    return kind === "linear" ? [{ name: R, shape: [in_features / size, aboveDiagonal(size)] }] : [];
  },
  /** Rows and columns of the elements above the diagonal. */
  buffers: ({ in_features }, { r }) => {
    const elements = aboveDiagonal(blockSize(r, in_features));
    return [
      { elements, dtype: "int64" },
      { elements, dtype: "int64" },
    ];
  },
  forward,
  divides: null,
  bases: ["bnb-4bit", "bnb-8bit", "gptq"],
  leavesConv1D: true,
  inLibraries: false,
};
