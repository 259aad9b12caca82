import { withMarks } from "#calc/tape/recorder.ts";
import { consume, drop, fresh } from "#calc/tape/tensor.ts";
import type { StepOptions } from "#calc/model/step-options.ts";
import { assert } from "#calc/base/assert.ts";
import { arrived, attach, keep, startNode } from "#calc/tape/record.ts";
import { shapeOf, withLast } from "#calc/tape/ledger/shape.ts";
import type { Tape, Tensor } from "#calc/tape/tape.ts";
import type { LoadedLinear } from "#calc/modules/loaded.ts";

/** Fabric's plugin computes in bf16. A matrix was quantised from a half-precision copy, so it is dequantised to fp16, and then cast. */
const COMPUTE = "bf16";
const DEQUANTIZED = "fp16";

/** The scratch of a product with a 4-bit matrix: the matrix dequantised, and its cast. */
export const dequantize = (tape: Tape, rows: number, columns: number): readonly Tensor[] => {
  const shape = shapeOf(rows, columns);
  return withMarks(tape.recorder, { term: "workspace" }, () => [
    fresh(tape, shape, DEQUANTIZED),
    fresh(tape, shape, COMPUTE),
  ]);
};

/**
 * Whether this LitGPT requires bitsandbytes before 0.43, whose 4-bit product keeps its input.
 *
 * @see litgpt 0.4.13, pyproject.toml (`bitsandbytes==0.42.0`)
 */
export const keepsInputs = ({ modelling }: StepOptions): boolean => modelling === "litgpt-0.4";

/**
 * `MatMul4Bit` of bitsandbytes behind Fabric's plugin, for one matrix, or for several that LitGPT has as one. The weight is dequantised to
 * fp16 and cast, in forward and in backward. Before 0.43 the input is an attribute of the context (`ctx.tensors = (A, B)`), which lives as
 * long as the graph.
 *
 * @see bitsandbytes 0.42, autograd/_functions.py, `MatMul4Bit`; lightning/fabric/plugins/precision/bitsandbytes.py, `quantize` (`torch.half`)
 */
export const fabricLinear4bit = (options: StepOptions, modules: readonly LoadedLinear[], x: Tensor): Tensor => {
  const { tape, shape } = x;
  let rows = 0;
  let columns = 0;
  for (const { dequantized } of modules) {
    assert(dequantized !== null, "a 4-bit linear has a packed weight");
    rows += Number(dequantized.dims[0]);
    columns = Number(dequantized.dims[1]);
  }
  const node = startNode("matmul_4bit", [x], (gradients) => {
    dequantize(tape, rows, columns);
    const gradient = fresh(tape, shape, arrived(gradients).dtype);
    gradient.view = true;
    return [gradient];
  });
  const [scratch, product] = withMarks(tape.recorder, { op: "matmul_4bit" }, () => [
    dequantize(tape, rows, columns),
    fresh(tape, withLast(shape, rows), COMPUTE),
  ]);
  const y = attach(product, node);
  if (node !== null && keepsInputs(options)) keep(node, x);
  for (const tensor of scratch) drop(tensor);
  consume(x);
  return y;
};
