/**
 * How long the rows of the data are, in tokens; none is longer than `sequence_length`. A step is as long as its longest row, so that what is reserved
 * follows from it. What is allocated at the peak does not: that is the longest step's.
 */
export type RowLengths = Readonly<
  /** Every step has a row of full length. */
  | { kind: "fixed" }
  /** Any length from 1 token on is as likely as any other. */
  | { kind: "uniform" }
  /** Log-normal, cut at the full length; `mean` is that of rows before they are cut. */
  | { kind: "lognormal"; mean: number }
>;

export const FIXED_LENGTHS: RowLengths = { kind: "fixed" };
