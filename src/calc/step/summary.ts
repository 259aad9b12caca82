import { frameworkTerm } from "#calc/card/framework-term.ts";
import { onCardByRule } from "#calc/card/on-card.ts";
import type { MemoryEstimate, Moment, MomentOf } from "#calc/model/memory-estimate.ts";
import { type Term, ALLOCATED_TERM_IDS, perTerm } from "#calc/model/term.ts";
import { type Bytes, bytes, sum } from "#calc/base/quantity.ts";
import { type TermAmounts, totalBytesOf } from "./term-amounts.ts";

const momentOf = ({ id, live, peak }: MomentOf<TermAmounts>): Moment => {
  const terms = perTerm((term) => bytes(peak[term].bytes));
  return { id, liveBytes: bytes(totalBytesOf(live)), peakBytes: sum(Object.values(terms)), terms };
};

/** Makes the estimate from the moments: the highest is the peak, its terms are the estimate's; the term `framework` is what the card takes on top. */
export const summarise = (
  moments: readonly MomentOf<TermAmounts>[],
  rest: Readonly<
    Pick<MemoryEstimate, "params" | "trainableParams" | "hostBytes"> & {
      gpus: number;
      referenceBytes?: Bytes;
      isTeacher?: boolean;
    }
  >,
): MemoryEstimate => {
  const { gpus, referenceBytes = bytes(0), isTeacher = false, ...counts } = rest;
  const top = moments.reduce((best, moment) => (totalBytesOf(moment.peak) > totalBytesOf(best.peak) ? moment : best));
  const peakBytes = bytes(totalBytesOf(top.peak));
  const card = onCardByRule(peakBytes, gpus);
  const terms: Term[] = ALLOCATED_TERM_IDS.map((id) => ({
    id,
    bytes: bytes(top.peak[id].bytes),
    formula: top.peak[id].formula,
    ...(id === "weights" && referenceBytes > 0 && { referenceBytes, ...(isTeacher && { isTeacher }) }),
  }));
  return {
    ...counts,
    peakBytes,
    peakMoment: top.id,
    ...card,
    terms: [...terms, frameworkTerm(peakBytes, card, gpus)],
    moments: moments.map(momentOf),
  };
};
