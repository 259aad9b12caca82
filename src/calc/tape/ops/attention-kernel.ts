import { consume, drop, freshBy } from "#calc/tape/tensor.ts";
import { attach, like, outputsOf, save, startNode } from "#calc/tape/record.ts";
import { withLast, type Shape } from "#calc/tape/ledger/shape.ts";
import { within } from "#calc/tape/recorder.ts";
import type { Tensor } from "#calc/tape/tape.ts";

/** Queries, keys and values of [b, heads, s, width]. */
export type Attended = readonly [query: Tensor, key: Tensor, value: Tensor];

/** How a kernel differs from others. */
type Kernel = Readonly<{
  name: string;
  /** The shape of the fp32 log-sum-exp. */
  statistics: Shape;
  /** Whether it has a log-sum-exp where no gradient is asked for. */
  alwaysSums: boolean;
  bias: Tensor | null;
  permuted: boolean;
  /** Allocates what backward needs beside the gradients, until it returns. */
  workspace: () => void;
}>;

/** A kernel of attention that keeps no scores: it saves its inputs, the output and a fp32 log-sum-exp. */
export const attentionKernel = (
  [q, k, v]: Attended,
  { name, statistics, alwaysSums, bias, permuted, workspace }: Kernel,
): Tensor => {
  const { tape } = q;
  const wide = withLast(q.shape, v.shape.dims[3] ?? 1);
  // Only shapes and layouts are needed after this, not the tensors.
  const node = startNode(name, [q, k, v], () => {
    within(tape.recorder, { term: "workspace" }, workspace);
    return [like(q), like(k), like(v)];
  });
  const make = (): readonly Tensor[] => [
    freshBy(tape, { name, shape: wide, dtype: q.dtype }),
    ...(alwaysSums || node !== null ? [freshBy(tape, { name, shape: statistics, dtype: "fp32" })] : []),
  ];
  const [output, logSumExp] = outputsOf(tape, name, make) as [Tensor, Tensor | undefined];
  output.permuted = permuted;
  attach(output, node);
  if (node !== null) for (const saved of [q, k, v, output, logSumExp, bias]) if (saved) save(node, saved);
  if (logSumExp !== undefined) drop(logSumExp);
  for (const input of [q, k, v]) consume(input);
  return output;
};
