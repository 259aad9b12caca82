import { type Amount, NOTHING } from "#calc/base/formula/amount.ts";
import { ALLOCATED_TERM_IDS, type PerTerm, perTerm } from "#calc/model/term.ts";

/** What is alive at one point of the step, term by term. */
export type TermAmounts = PerTerm<Amount>;

export const NO_AMOUNTS: TermAmounts = perTerm(() => NOTHING);

/** The bytes of all terms together. */
export const totalBytesOf = (terms: TermAmounts): number => {
  let total = 0;
  for (const id of ALLOCATED_TERM_IDS) total += terms[id].bytes;
  return total;
};
