import type { TermId } from "#calc/model/term.ts";
import type { OomSubject } from "./candidates/candidate.ts";

/** What a run has at its highest, and the component that has most of it. */
export type Highest = Readonly<{ peakBytes: number; most: Readonly<{ id: TermId; bytes: number }> }>;

export const highestOf = ({ estimate }: OomSubject): Highest => {
  const terms = estimate.terms.filter(({ id }) => id !== "framework");
  const { id, bytes } = terms.reduce((top, term) => (term.bytes > top.bytes ? term : top));
  return { peakBytes: estimate.peakBytes, most: { id, bytes } };
};
