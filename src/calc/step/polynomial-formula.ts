import type { FormulaInput } from "#calc/base/formula/formula.ts";
import { type Amount, NOTHING, plus, product } from "#calc/base/formula/amount.ts";
import { constant, counted, setting } from "#calc/base/formula/inputs.ts";
import type { Component } from "#calc/model/component.ts";
import type { Counts } from "#calc/tape/ledger.ts";
import { GRADIENT_SIZE } from "#calc/tape/size-table.ts";
import type { Point } from "./evaluate-step.ts";
import { bytesOf } from "./parts-at.ts";
import type { Recording } from "./recording.ts";

/** Where a polynomial is evaluated. */
type At = Readonly<{ point: Point; sizes: Float64Array; chunk: number }>;
type Factor = (at: At, chunkSize: number) => FormulaInput;

const b: Factor = ({ point }) => setting("micro_batch_size", point.micro_batch_size);
const s =
  (more = 0): Factor =>
  ({ point: { sequence_length } }) =>
    setting(more === 0 ? "sequence_length" : `sequence_length + ${more}`, sequence_length + more);
const cut =
  (more: number): Factor =>
  ({ point }, chunkSize) =>
    constant("chunks of the sequence", Math.max(0, Math.ceil(point.sequence_length / chunkSize) + more));
const chunk: Factor = (at) => constant("tokens of a chunk", at.chunk);

/** For each growth, what bytes grow by, and what the number behind it is called. @see GROWTHS */
const TERMS: readonly (readonly [name: string, ...factors: readonly Factor[]])[] = [
  ["bytes, whatever the batch"],
  ["bytes of a position", s()],
  ["bytes of a pair of positions", s(), s()],
  ["bytes of a row", b],
  ["bytes of a token", b, s()],
  ["bytes of a token and position", b, s(), s()],
  ["bytes of a label", b, s(1)],
  ["bytes of a token and position", b, s(), s(1)],
  ["bytes of a token of a chunk", chunk],
  ["bytes of a convolved token", b, s(2)],
  ["bytes of a convolved token", b, s(3)],
  ["bytes of a chunk", b, cut(0)],
  ["bytes of a chunk", b, cut(1)],
  ["bytes of a pair of chunks", b, cut(1), cut(1)],
  ["bytes of a chunk", b, cut(-1)],
  ["bytes of a chunk", b, cut(-3)],
  ["bytes of a copy for each chunk", cut(0)],
];

/** The coefficients of each growth in a component: how many bytes go with it. Gradients that have arrived grow with nothing. */
const coefficientsOf = (
  { components, growths, factors }: Recording,
  counts: Counts,
  component: Component,
): Float64Array => {
  const sums = new Float64Array(TERMS.length);
  for (let size = 0; size < counts.length; size++) {
    if (components[size] !== component || size === GRADIENT_SIZE) continue;
    const growth = growths[size] as number;
    sums[growth] = (sums[growth] as number) + (counts[size] as number) * (factors[size] as number);
  }
  return sums;
};

/**
 * What is counted in each component, in bytes, with its formula: a polynomial in batch and length. The bytes are those of the allocator, each tensor
 * rounded up to a block; the formula is not rounded.
 */
export const polynomialAmounts = (ledger: Recording, counts: Counts, at: At): ((component: Component) => Amount) => {
  const bytesOfAll = bytesOf(ledger, counts, at.sizes);
  const gradientBytes = (counts[GRADIENT_SIZE] ?? 0) * (at.sizes[GRADIENT_SIZE] ?? 0);
  const arrived: Amount = { bytes: gradientBytes, formula: [counted("bytes of gradients", gradientBytes)] };
  return (component) => {
    // A gradient that is divided over ranks need not be a whole number of blocks.
    const bytes = Math.ceil(bytesOfAll[component]);
    if (bytes === 0) return NOTHING;
    const terms: Amount[] = component === "gradients" ? [arrived] : [];
    const coefficients = coefficientsOf(ledger, counts, component);
    for (let growth = TERMS.length - 1; growth >= 0; growth--) {
      const coefficient = coefficients[growth] as number;
      if (coefficient === 0) continue;
      const [name, ...factors] = TERMS[growth] as (typeof TERMS)[number];
      const inputs = factors.map((factor) => factor(at, ledger.chunkSize));
      terms.push({ bytes: coefficient, formula: product(...inputs, counted(name, coefficient)) });
    }
    return { bytes, formula: plus(...terms).formula };
  };
};
