// Each product of a term's formula traced to the tensors that are alive at the peak.

import type { Formula, FormulaInput } from "#calc/base/formula.ts";
import type { AliveTensors } from "#calc/model/timeline.ts";
import type { Term, TermId } from "#calc/model/terms.ts";

/** A formula's summands: its tokens between the plus signs outside all brackets. */
export const summandsOf = (formula: Formula): readonly Formula[] => {
  const summands: (FormulaInput | string)[][] = [[]];
  let depth = 0;
  for (const token of formula) {
    if (token === "(" || token === "max(") depth += 1;
    if (token === ")") depth -= 1;
    if (token === " + " && depth === 0) summands.push([]);
    else summands.at(-1)?.push(token);
  }
  return summands.filter((summand) => summand.length > 0);
};

/** The factor of a summand that tensors add up to; undefined where there is none. */
const unitIn = (summand: Formula): FormulaInput | undefined =>
  summand.find((token): token is FormulaInput => typeof token !== "string" && token.origin === "tensors");

/** What is alive at the peak, and at the highest point of the other pass. */
export type Alive = Readonly<{ atPeak: readonly AliveTensors[]; otherwise: readonly AliveTensors[] }>;

const productOf = (summand: Formula, unit: FormulaInput, { atPeak, otherwise }: Alive): FactoredProduct => {
  const factors = summand.filter((token): token is FormulaInput => typeof token !== "string");
  const others = factors.slice(0, -1).reduce((product, { value }) => product * value, 1);
  const partsIn = (alive: readonly AliveTensors[]): readonly FactorPart[] =>
    alive
      .filter((tensors) => tensors.unit === unit.key)
      .map((tensors) => {
        // A fixed tensor's bytes are made whole with those of all others of its term.
        const each = factors.length === 1 ? tensors.bytes : tensors.each;
        return { tensors, each, bytes: each * others };
      });
  return { factors, unit, parts: partsIn(atPeak), otherwise: partsIn(otherwise) };
};

/**
 * Leads a term's formula to the tensors that are alive: each of its products to those that add up to its last factor, and what is left to those that fit no
 * product. Products and rest sum to the term's bytes.
 */
export const factorTerm = ({ id, formula }: Term, alive: Alive): FactoredTerm => {
  const ofTerm = (tensors: readonly AliveTensors[]): readonly AliveTensors[] =>
    tensors.filter(({ term }) => term === id);
  const ours: Alive = { atPeak: ofTerm(alive.atPeak), otherwise: ofTerm(alive.otherwise) };
  const products = summandsOf(formula).flatMap((summand) => {
    const unit = unitIn(summand);
    return unit === undefined ? [] : [productOf(summand, unit, ours)];
  });
  const shown = new Set(products.map(({ unit }) => unit.key));
  const rest = formula.find((token) => typeof token !== "string" && token.origin === "rest");
  return {
    id,
    products,
    rest: {
      bytes: typeof rest === "object" ? rest.value : 0,
      tensors: ours.atPeak.filter(({ unit }) => unit !== "" && !shown.has(unit)),
    },
  };
};

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
