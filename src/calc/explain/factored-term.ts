import type { FormulaInput } from "#calc/base/formula/formula.ts";
import type { AliveTensors } from "#calc/model/alive-tensors.ts";
import type { TermId } from "#calc/model/term.ts";

/** Tensors that are alike, as a part of a factor. */
export type FactorPart = Readonly<{
  tensors: AliveTensors;
  /** The bytes that they add to the factor: 62 for 31 layers' outputs in bf16. */
  each: number;
  /** That, times the other factors. */
  bytes: number;
}>;

/** A product of a term's formula, such as rows × tokens × vocabulary × bytes per logit, and the tensors that its last factor is made of. */
export type FactoredProduct = Readonly<{
  factors: readonly FormulaInput[];
  /** The last factor: its parts add up to it. */
  unit: FormulaInput;
  /** The most bytes first. */
  parts: readonly FactorPart[];
  /** The parts that it has at the highest point of the other pass: in forward, where the peak is in backward. */
  otherwise: readonly FactorPart[];
}>;

/** A term whose formula leads to single tensors. */
export type FactoredTerm = Readonly<{
  id: TermId;
  products: readonly FactoredProduct[];
  /** What fits no product: its bytes, with what rounding up to blocks adds to the products, and its tensors. */
  rest: Readonly<{ bytes: number; tensors: readonly AliveTensors[] }>;
}>;
