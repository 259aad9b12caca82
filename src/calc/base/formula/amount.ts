import type { Formula, FormulaInput } from "./formula.ts";

/** A number of bytes together with how it is reached. The formula gives `bytes`, rounding of tensors to 512 B blocks apart. */
export type Amount = Readonly<{ bytes: number; formula: Formula }>;

/** No bytes, no formula. */
export const NOTHING: Amount = { bytes: 0, formula: [] };

/** True when a formula is a sum outside all brackets, so that it needs brackets inside a product. */
const isSum = (formula: Formula): boolean => {
  let depth = 0;
  for (const token of formula) {
    if (token === "(") depth += 1;
    else if (token === ")") depth -= 1;
    else if (token === " + " && depth === 0) return true;
  }
  return false;
};

/** Adds amounts; those of no bytes leave no trace in the formula. */
export const plus = (...amounts: readonly Amount[]): Amount => {
  let total = 0;
  const formula: (FormulaInput | string)[] = [];
  for (const amount of amounts) {
    if (amount.bytes === 0) continue;
    total += amount.bytes;
    if (formula.length > 0) formula.push(" + ");
    formula.push(...amount.formula);
  }
  return { bytes: total, formula };
};

/** The same amount, as many times as the input says. A setting of 1 stays in the formula, so that a reader sees what to turn. */
export const times = (input: FormulaInput, amount: Amount): Amount => {
  if (input.value === 0 || amount.bytes === 0) return NOTHING;
  if (input.value === 1 && input.origin !== "setting") return amount;
  const factor = isSum(amount.formula) ? ["(", ...amount.formula, ")"] : amount.formula;
  return { bytes: input.value * amount.bytes, formula: [input, " × ", ...factor] };
};

/** An amount shared by several holders, rounded up to whole bytes: one of `input.value` parts. */
export const share = (amount: Amount, input: FormulaInput): Amount => {
  if (input.value === 1 || amount.bytes === 0) return amount;
  const dividend = isSum(amount.formula) ? ["(", ...amount.formula, ")"] : amount.formula;
  return { bytes: Math.ceil(amount.bytes / input.value), formula: [...dividend, " / ", input] };
};

/** The formula of a product. */
export const product = (...inputs: readonly FormulaInput[]): Formula => {
  const formula: (FormulaInput | string)[] = [];
  for (const input of inputs) {
    if (formula.length > 0) formula.push(" × ");
    formula.push(input);
  }
  return formula;
};
