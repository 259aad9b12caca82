// Result of the fit as a word, an icon, free or missing GiB, and a badge.

import type { ReactElement } from "react";
import type { Fit, CardFit } from "#calc/model/memory-estimate.ts";
import { STATUS_MARKS, STATUS_OUTLINES } from "#format/svg.ts";
import { formatGib } from "#format/bytes.ts";
import cards from "./Cards.module.css";
import spoken from "#ui/spoken.module.css";

/** The word that goes with the icon. */
export const FIT_WORDS: Readonly<Record<Fit, string>> = {
  fits: "Fits",
  tight: "May not fit",
  over: "Does not fit",
  "cannot-run": "Cannot run",
};

/** An icon in the text's color: a mark on a filled outline. */
export const MarkIcon = ({ outline, mark }: Readonly<{ outline: string; mark: string }>): ReactElement => (
  <svg width="12" height="12" viewBox="0 0 12 12" aria-hidden="true">
    <path d={outline} fill="currentColor" />
    <path d={mark} fill="none" stroke="var(--surface)" strokeWidth="1.6" strokeLinecap="round" strokeLinejoin="round" />
  </svg>
);

/** The icon of an outcome. */
export const StatusIcon = ({ fit }: Readonly<{ fit: Fit }>): ReactElement => (
  <MarkIcon outline={STATUS_OUTLINES[fit]} mark={STATUS_MARKS[fit]} />
);

/** "6.7 GiB free", "3.2 GiB over"; what the card lacks where that is not the question: "no flash kernel". */
export const headroomText = ({ headroomBytes, cannotRun }: CardFit): string =>
  cannotRun ?? `${formatGib(Math.abs(headroomBytes))}\u00a0GiB ${headroomBytes < 0 ? "over" : "free"}`;

/** The icon of an outcome before a figure, with its word for those who hear the page. */
export const SpokenFit = ({ fit }: Readonly<{ fit: Fit }>): ReactElement => (
  <>
    <StatusIcon fit={fit} />
    <span className={spoken.spoken}>{FIT_WORDS[fit]}, </span>
  </>
);

/** Whether something fits and with how much to spare: "6.7 GiB free" behind the icon of its outcome, which is also spoken. */
export const FitBadge = ({ card }: Readonly<{ card: CardFit }>): ReactElement => (
  <span className={`${cards.badge} ${cards[`${card.fit}Badge`]}`}>
    <SpokenFit fit={card.fit} />
    {headroomText(card)}
  </span>
);
