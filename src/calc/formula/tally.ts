import type { FormulaInput } from "#calc/memory-estimate.ts";
import { type Amount, plus, product } from "./amount.ts";
import { counted } from "./inputs.ts";

/** One line of a tally: so many elements of one sort, each `factor` bytes. */
type Entry = { elements: number; bytes: number; name: string; factors: readonly FormulaInput[] };

/** Tensors added up by how they are kept, so that a sum over hundreds of tensors prints as two or three products. */
export type Tally = Map<string, Entry>;

/** Adds `elements` of one sort, which take `bytes` after rounding each tensor to blocks. */
export const tallyUp = (
  tally: Tally,
  sort: Readonly<{ name: string; factors: readonly FormulaInput[] }>,
  part: Readonly<{ elements: number; bytes: number }>,
): void => {
  let key = sort.name;
  for (const factor of sort.factors) key += `×${factor.value}`;
  const entry = tally.get(key);
  if (entry === undefined) tally.set(key, { ...sort, ...part });
  else {
    entry.elements += part.elements;
    entry.bytes += part.bytes;
  }
};

/** The tally as one amount: a product for each sort. */
export const amountOf = (tally: Tally): Amount => {
  const amounts: Amount[] = [];
  for (const { name, elements, bytes, factors } of tally.values())
    amounts.push({ bytes, formula: product(counted(name, elements), ...factors) });
  return plus(...amounts);
};
