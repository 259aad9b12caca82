import type { Element } from "#calc/base/element.ts";
import type { Shape } from "#calc/tape/ledger/shape.ts";
import { within } from "#calc/tape/recorder.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import { drop, fresh } from "#calc/tape/tensor.ts";
import type { Adapter, LoadedLinear } from "./loaded.ts";
import { lowRankOf } from "./tuners/low-rank.ts";

/** A linear with a LoRA adapter, which kernels take together with it. */
export type Adapted = LoadedLinear & Readonly<{ adapter: Adapter }>;

type Dim = Shape["dims"][number];

/** r: the rows of A. */
export const rankOf = ({ adapter }: Adapted): Dim => lowRankOf(adapter).A.shape.dims[0] ?? 1;

/** The columns of A. */
export const inputWidth = ({ adapter }: Adapted): Dim => lowRankOf(adapter).A.shape.dims[1] ?? 1;

/** The rows of B. */
export const outputWidth = ({ adapter }: Adapted): Dim => lowRankOf(adapter).B.shape.dims[0] ?? 1;

/** A and B of each linear, in turn. */
export const adaptersOf = (linears: readonly Adapted[]): readonly Tensor[] =>
  linears.flatMap(({ adapter }) => Object.values(lowRankOf(adapter)));

/** Runs `run` while the weight is dequantised. The weight of a base that is not quantised is there anyway. */
export const withWeight = <Result>({ dequantized, weight }: Adapted, dtype: Element, run: () => Result): Result => {
  if (dequantized === null) return run();
  const whole = within(weight.tape.recorder, { term: "workspace" }, () => fresh(weight.tape, dequantized, dtype));
  const result = run();
  drop(whole);
  return result;
};
