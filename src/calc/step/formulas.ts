// Formulas of a term's bytes as sums of products, and names for the widths of tensors.

import { type AllocatedTermId, type PerTerm, perTerm } from "#calc/model/terms.ts";
import { type Counts, type SizeTable, bytesPerElement, FIXED, unitOf, widthOf } from "#calc/tape/ledger/size-table.ts";
import {
  type Amount,
  NOTHING,
  plus,
  product,
  type FormulaInput,
  tensorBytes,
  rest,
  config,
  counted,
  setting,
} from "#calc/base/formula.ts";
import { dimensionInput } from "#calc/tape/ledger/dimension.ts";
import { type Extent, extentOf } from "#calc/tape/ledger/extent.ts";
import { type Growth, growthAt, growthOfNumber } from "#calc/tape/ledger/growth.ts";
import { sizeInputsAt, type BatchShape } from "./batch-shape.ts";
import { type Architecture, wholeArchitecture } from "#calc/model/architecture.ts";
import type { Scenario } from "#calc/model/scenario.ts";

/** Bytes of each term: how many storages there are of each size, times the bytes of that size. */
export const bytesOf = ({ terms }: SizeTable, counts: Counts, sizes: Float64Array): PerTerm<number> => {
  const bytes = perTerm(() => 0);
  for (let size = 0; size < counts.length; size++) {
    const term = terms[size] as AllocatedTermId;
    bytes[term] += (counts[size] as number) * (sizes[size] as number);
  }
  return bytes;
};

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
  const growth = growthOfNumber(of.growth);
  const width = of.width === 1 ? undefined : nameWidth(term, of.width);
  const inputs = [
    ...growth.factors.map((factor) => dimensionInput(factor, extent)),
    ...(width === undefined ? [] : [width]),
  ];
  return {
    bytes: growthAt(of.growth, extent) * of.width * of.each,
    formula: product(...inputs, tensorBytes(unitName(growth, width), of.each, of.unit)),
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
      (one, other) => growthOfNumber(other.growth).order - growthOfNumber(one.growth).order || other.width - one.width,
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
  formula: [tensorBytes(term === "gradients" ? "bytes of gradients" : "bytes of fixed tensors", bytes, FIXED)],
});

const restAmount = (bytes: number): Amount => (bytes === 0 ? NOTHING : { bytes, formula: [rest(bytes)] });

/**
 * The bytes of each term, with their formula: a sum of products, such as rows × tokens × vocabulary × bytes per logit. The bytes are the allocator's, each
 * tensor rounded up to a block. What the largest products leave of them is the formula's last summand, so it gives the bytes exactly.
 */
export const polynomialAmounts = (table: SizeTable, counts: Counts, at: At): ((term: AllocatedTermId) => Amount) => {
  const bytesOfAll = bytesOf(table, counts, at.sizes);
  const extent = extentOf(sizeInputsAt(table, at.batch, at.chunk));
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

/** Names a width: how many elements tensors of a term have at each position, or whatever else they grow with. */
export type NameWidth = (term: AllocatedTermId, width: number) => FormulaInput;

/** The widths that a model's tensors have, the commonest first: of two that are equal a tensor most likely has that one. */
const widthsOf = (architecture: Architecture, method: Scenario["method"]): readonly FormulaInput[] => {
  const { hidden_size, intermediate_size, moe_intermediate_size, head_dim, vocab_size } = architecture;
  const { num_attention_heads: heads, num_key_value_heads: pairs, num_experts_per_tok } = architecture;
  const chosen = num_experts_per_tok ?? 0;
  const expert = moe_intermediate_size ?? 0;
  const dense = intermediate_size ?? 0;
  return [
    config("hidden size", hidden_size, "hidden_size"),
    config("MLP size", dense, "intermediate_size"),
    config("gate and up", 2 * dense, "2 × intermediate_size"),
    config("query size", heads * head_dim, "num_attention_heads × head_dim"),
    config("key size", pairs * head_dim, "num_key_value_heads × head_dim"),
    config("query, key and value size", (heads + 2 * pairs) * head_dim, "num_attention_heads, num_key_value_heads"),
    config("heads", heads, "num_attention_heads"),
    config("experts’ hidden size", chosen * hidden_size, "num_experts_per_tok × hidden_size"),
    config("experts’ MLP size", chosen * expert, "num_experts_per_tok × moe_intermediate_size"),
    config("experts’ gate and up", 2 * chosen * expert, "2 × num_experts_per_tok × moe_intermediate_size"),
    config("vocabulary", vocab_size, "vocab_size"),
    ...(method.kind === "full" ? [] : [setting("rank", method.lora.r, "r")]),
    config("head size", head_dim, "head_dim"),
  ];
};

/**
 * Names widths after the fields of config.json that they are made of; `width` where they are none. A logit is one of the vocabulary, whatever else is as wide.
 * Where ranks divide a model, tensors are as wide as a rank's part of it, or, once gathered, as the whole.
 */
export const nameWidths = ({ architecture, method }: Pick<Scenario, "architecture" | "method">): NameWidth => {
  const whole = wholeArchitecture(architecture);
  const widths = [...widthsOf(architecture, method), ...(whole === architecture ? [] : widthsOf(whole, method))];
  const logits = widths.filter(({ key }) => key === "vocab_size");
  return (term, width) =>
    [...(term === "logits" ? logits : []), ...widths].find(({ value }) => value === width) ?? counted("width", width);
};
