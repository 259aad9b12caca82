import type { Formula, FormulaInput } from "#calc/base/formula/formula.ts";

/** The named numbers of a formula, each value once, in the order they are read. */
export const formulaInputs = (formula: Formula): readonly FormulaInput[] => {
  const inputs = formula.filter((token) => typeof token !== "string");
  return inputs.filter(
    (input, index) => inputs.findIndex(({ name, value }) => name === input.name && value === input.value) === index,
  );
};
