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

/** The icon of an outcome, in the text's colour. */
export const StatusIcon = ({ fit }: Readonly<{ fit: Fit }>): ReactElement => (
  <svg width="12" height="12" viewBox="0 0 12 12" aria-hidden="true">
    <path d={STATUS_OUTLINES[fit]} fill="currentColor" />
    <path
      d={STATUS_MARKS[fit]}
      fill="none"
      stroke="var(--surface)"
      strokeWidth="1.6"
      strokeLinecap="round"
      strokeLinejoin="round"
    />
  </svg>
);

/** "6.7 GiB free", "3.2 GiB over"; what the card lacks where that is not the question: "no flash kernel". */
export const headroomText = ({ headroomBytes, cannotRun }: CardFit): string =>
  cannotRun ?? `${formatGib(Math.abs(headroomBytes))}\u00a0GiB ${headroomBytes < 0 ? "over" : "free"}`;

/** Whether something fits and with how much to spare: "6.7 GiB free" behind the icon of its outcome, which is also spoken. */
export const FitBadge = ({ card }: Readonly<{ card: CardFit }>): ReactElement => (
  <span className={`${cards.badge} ${cards[`${card.fit}Badge`]}`}>
    <StatusIcon fit={card.fit} />
    <span className={spoken.spoken}>{FIT_WORDS[card.fit]}, </span>
    {headroomText(card)}
  </span>
);
