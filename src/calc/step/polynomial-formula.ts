import { type Amount, NOTHING, plus, product } from "#calc/base/formula/amount.ts";
import type { FormulaInput } from "#calc/base/formula/formula.ts";
import { ofTensors, rest } from "#calc/base/formula/inputs.ts";
import type { AllocatedTermId } from "#calc/model/term.ts";
import { inputOf } from "#calc/tape/ledger/dimension.ts";
import { type Extent, extentOf } from "#calc/tape/ledger/extent.ts";
import { type Growth, growthAt, growthNamed } from "#calc/tape/ledger/growth.ts";
import type { Counts, SizeTable } from "#calc/tape/ledger/size-table.ts";
import { bytesPerElement, FIXED, unitOf, widthOf } from "#calc/tape/ledger/unit.ts";
import { bytesOf } from "./bytes-of.ts";
import { askedAt, type BatchShape } from "./sizes-at.ts";
import type { NameWidth } from "./width-names.ts";

/** The point at which a polynomial is evaluated. */
type At = Readonly<{ batch: BatchShape; sizes: Float64Array; chunk: number; nameWidth: NameWidth }>;

/** What products are made with: the values of their dimensions, the names of their widths. */
type In = Readonly<{ extent: Extent; nameWidth: NameWidth }>;

/** The most products that a formula has, and the least share of a term that makes one. What is left are its smaller tensors. */
const MOST_PRODUCTS = 3;
const LEAST_SHARE = 0.02;

/** The tensors of one term. */
type Counted = Readonly<{ table: SizeTable; counts: Counts; term: AllocatedTermId }>;

/** The tensors of a term that have one unit. `each`: bytes that they add up to for each element of it. */
type OfUnit = { readonly unit: string; readonly growth: number; readonly width: number; each: number };

const unitsOf = ({ table, counts, term }: Counted): readonly OfUnit[] => {
  const units = new Map<string, OfUnit>();
  for (let size = 0; size < counts.length; size++) {
    const count = counts[size] as number;
    if (table.terms[size] !== term || count === 0) continue;
    const unit = unitOf(table, size);
    if (unit === FIXED) continue;
    const growth = table.growths[size] as number;
    const known = units.get(unit) ?? { unit, growth, width: widthOf(table, size), each: 0 };
    units.set(unit, known);
    known.each += count * bytesPerElement(table, size);
  }
  return [...units.values()];
};

/** The last factor of a product: bytes for each element. Elements of two positions are scores. */
const unitName = ({ factors }: Growth, width: FormulaInput | undefined): string => {
  if (width?.key === "vocab_size") return "bytes per logit";
  return factors.filter((factor) => factor.startsWith("s")).length > 1 ? "bytes per score" : "bytes per value";
};

const productOf = (term: AllocatedTermId, of: OfUnit, { extent, nameWidth }: In): Amount => {
  const growth = growthNamed(of.growth);
  const width = of.width === 1 ? undefined : nameWidth(term, of.width);
  const inputs = [...growth.factors.map((factor) => inputOf(factor, extent)), ...(width === undefined ? [] : [width])];
  return {
    bytes: growthAt(of.growth, extent) * of.width * of.each,
    formula: product(...inputs, ofTensors(unitName(growth, width), of.each, of.unit)),
  };
};

/** The largest products of a term, in the order of their growths: a slider does not shuffle those that stay. */
const productsOf = (
  term: AllocatedTermId,
  units: readonly OfUnit[],
  { bytes, ...at }: In & { bytes: number },
): readonly Amount[] => {
  const all = units
    .toSorted(
      (one, other) => growthNamed(other.growth).order - growthNamed(one.growth).order || other.width - one.width,
    )
    .map((of) => productOf(term, of, at));
  const largest = all
    .filter((each) => each.bytes >= LEAST_SHARE * bytes)
    .toSorted((one, other) => other.bytes - one.bytes)
    .slice(0, MOST_PRODUCTS);
  return all.filter((each) => largest.includes(each));
};

/** Bytes of the tensors of a term that depend on neither batch nor sequence. */
const fixedOf = ({ table, counts, term }: Counted, sizes: Float64Array): number => {
  let bytes = 0;
  for (let size = 0; size < counts.length; size++)
    if (table.terms[size] === term && unitOf(table, size) === FIXED)
      bytes += (counts[size] as number) * (sizes[size] as number);
  // Gradients in a type of their own (`gradientShare`) need not be a whole number of bytes.
  return Math.ceil(bytes);
};

const fixedAmount = (term: AllocatedTermId, bytes: number): Amount => ({
  bytes,
  formula: [ofTensors(term === "gradients" ? "bytes of gradients" : "bytes of fixed tensors", bytes, FIXED)],
});

const restAmount = (bytes: number): Amount => (bytes === 0 ? NOTHING : { bytes, formula: [rest(bytes)] });

/**
 * The bytes of each term, with their formula: a sum of products, such as rows × tokens × vocabulary × bytes per logit. The bytes are the allocator's, each
 * tensor rounded up to a block. What the largest products leave of them is the formula's last summand, so it gives the bytes exactly.
 */
export const polynomialAmounts = (table: SizeTable, counts: Counts, at: At): ((term: AllocatedTermId) => Amount) => {
  const bytesOfAll = bytesOf(table, counts, at.sizes);
  const extent = extentOf(askedAt(table, at.batch, at.chunk));
  return (term) => {
    const bytes = Math.ceil(bytesOfAll[term]);
    if (bytes === 0) return NOTHING;
    const ofTerm: Counted = { table, counts, term };
    const fixed = fixedOf(ofTerm, at.sizes);
    const products = [
      ...productsOf(term, unitsOf(ofTerm), { bytes, extent, nameWidth: at.nameWidth }),
      ...(fixed >= LEAST_SHARE * bytes ? [fixedAmount(term, fixed)] : []),
    ];
    const left = products.reduce((before, each) => before - each.bytes, bytes);
    return { bytes, formula: plus(...products, restAmount(left)).formula };
  };
};
