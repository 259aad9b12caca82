// Byte amounts with their formula: sums, products, and tallies of tensors of the same kind.

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

/** A number that a person chose. */
export const setting = (name: string, value: number, key = name): FormulaInput => ({
  name,
  value,
  origin: "setting",
  key,
});
/** A number of the model's config.json. */
export const config = (name: string, value: number, key = name): FormulaInput => ({
  name,
  value,
  origin: "config",
  key,
});
/** A number counted on the model's tensors. */
export const counted = (name: string, value: number): FormulaInput => ({ name, value, origin: "counted" });
/** A number that a rule brings. */
export const constant = (name: string, value: number): FormulaInput => ({ name, value, origin: "constant" });
/** Bytes that the tensors of one unit add up to. */
export const tensorBytes = (name: string, value: number, key: string): FormulaInput => ({
  name,
  value,
  origin: "tensors",
  key,
});
/** Bytes that fit no product: small tensors, and what rounding up to blocks adds. */
export const rest = (value: number): FormulaInput => ({ name: "smaller tensors", value, origin: "rest" });
/** Bytes that a replay of PyTorch's allocator ends with. */
export const replayed = (name: string, value: number): FormulaInput => ({ name, value, origin: "replay" });

/**
 * Where a number in a formula comes from. `tensors`: bytes that tensors add up to, named one by one where somebody asks; `rest`: bytes that fit no product;
 * `replay`: bytes that a replay of PyTorch's allocator ends with.
 */
export type InputOrigin = "setting" | "config" | "stack" | "constant" | "counted" | "tensors" | "rest" | "replay";

/** A named number in a formula. */
export type FormulaInput = Readonly<{
  name: string;
  value: number;
  origin: InputOrigin;
  /**
   * What it is called where it comes from: the setting (`micro_batch_size`), the field of config.json (`vocab_size`). Of `tensors`: the unit that they have in
   * common (`AliveTensors.unit`).
   */
  key?: string;
}>;

/**
 * A formula as tokens: named numbers, and between them ` × `, ` + `, ` − `, ` / `, `(`, `)` or `max(`, `, `. Printed once with the names and once
 * with the values; evaluated, it gives the term's bytes (rounding to 512 B blocks apart).
 */
export type Formula = readonly (FormulaInput | string)[];

/** What tensors of a tally have in common: what they are called, and the factors that their elements are multiplied by. */
export type Sort = Readonly<{ name: string; factors: readonly FormulaInput[] }>;

type Entry = { sort: Sort; elements: number; bytes: number };

/** Tensors added up by how they are kept, so that a sum over hundreds of tensors prints as two or three products. */
export type Tally = Entry[];

const isSame = (first: Sort, second: Sort): boolean =>
  first === second ||
  (first.name === second.name &&
    first.factors.length === second.factors.length &&
    first.factors.every((factor, index) => factor.value === second.factors[index]?.value));

/** Adds `elements` of one sort, which take `bytes` after rounding each tensor to blocks. */
export const tallyUp = (tally: Tally, sort: Sort, part: Readonly<{ elements: number; bytes: number }>): void => {
  const entry = tally.find((each) => isSame(each.sort, sort));
  if (entry === undefined) tally.push({ sort, ...part });
  else {
    entry.elements += part.elements;
    entry.bytes += part.bytes;
  }
};

/** The tally as one amount: a product for each sort. */
export const amountOf = (tally: Tally): Amount =>
  plus(
    ...tally.map(({ sort, elements, bytes }) => ({
      bytes,
      formula: product(counted(sort.name, elements), ...sort.factors),
    })),
  );
