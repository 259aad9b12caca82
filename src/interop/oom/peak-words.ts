// Sentence about the peak of a scenario and its largest component.

import { formatGib } from "#format/bytes.ts";
import { TERM_NAMES } from "#format/term-names.ts";
import { uncapitalized } from "#format/phrases.ts";
import type { TermId } from "#calc/model/terms.ts";
import type { OomSubject } from "./candidates/candidate.ts";

/** "At its highest the scenario has 19.2 GiB of tensors, 15.0 GiB of them base weights." */
export const peakWords = ({ peakBytes, most }: Highest): string =>
  `At its highest the scenario has ${formatGib(peakBytes)} GiB of tensors, ` +
  `${formatGib(most.bytes)} GiB of them ${uncapitalized(TERM_NAMES[most.id].label)}.`;

/** What a run has at its highest, and the component that has most of it. */
export type Highest = Readonly<{ peakBytes: number; most: Readonly<{ id: TermId; bytes: number }> }>;

export const peakComponent = ({ estimate }: OomSubject): Highest => {
  const terms = estimate.terms.filter(({ id }) => id !== "framework");
  const { id, bytes } = terms.reduce((top, term) => (term.bytes > top.bytes ? term : top));
  return { peakBytes: estimate.peakBytes, most: { id, bytes } };
};
