import type { Formula } from "#calc/base/formula.ts";

type Token = number | string;

const tokensOf = (formula: Formula): Token[] =>
  formula.flatMap((part): Token[] =>
    typeof part === "string" ? (part.match(/max\(|[×+−/(),]/g) ?? []) : [part.value],
  );

/** Evaluates the tokens of a formula: + and − under × and /, brackets, `max(a, b)`. An empty formula is 0. */
export const evaluateFormula = (formula: Formula): number => {
  const tokens = tokensOf(formula);
  const accept = (...symbols: readonly string[]): string | undefined => {
    const next = tokens[0];
    if (typeof next !== "string" || !symbols.includes(next)) return undefined;
    tokens.shift();
    return next;
  };
  const atom = (): number => {
    const next = tokens.shift();
    if (typeof next === "number") return next;
    if (next === "(") {
      const inner = sum();
      if (accept(")") === undefined) throw new Error("an open bracket");
      return inner;
    }
    if (next !== "max(") throw new Error(`not a formula: ${String(next)}`);
    let most = sum();
    while (accept(",") !== undefined) most = Math.max(most, sum());
    if (accept(")") === undefined) throw new Error("an open max");
    return most;
  };
  const term = (): number => {
    let value = atom();
    for (let symbol = accept("×", "/"); symbol !== undefined; symbol = accept("×", "/"))
      value = symbol === "×" ? value * atom() : value / atom();
    return value;
  };
  function sum(): number {
    let value = term();
    for (let symbol = accept("+", "−"); symbol !== undefined; symbol = accept("+", "−"))
      value = symbol === "+" ? value + term() : value - term();
    return value;
  }
  if (tokens.length === 0) return 0;
  const value = sum();
  if (tokens.length > 0) throw new Error("tokens after the end");
  return value;
};
