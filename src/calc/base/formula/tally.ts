import type { FormulaInput } from "./formula.ts";
import { type Amount, plus, product } from "./amount.ts";
import { counted } from "./inputs.ts";

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
