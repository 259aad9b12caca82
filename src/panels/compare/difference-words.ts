import { settingDifferenceWords, settingDifferences } from "#advice/setting-differences.ts";
import type { CardFit } from "#calc/model/memory-estimate.ts";
import { GIB } from "#calc/base/quantity.ts";
import { TERM_STYLE } from "#charts/term-style.ts";
import { capitalised } from "#format/phrases.ts";
import { formatGib } from "#format/bytes.ts";
import { focusedMethod } from "#panels/answer/selection.ts";
import type { Answer, MethodAnswer } from "#scenario/choices/answer.ts";

/** What was chosen differently, a phrase each: "Sequence 4,096 instead of 2,048". */
const choicesApart = (one: Answer, first: Answer): readonly string[] =>
  settingDifferences(first, one).map((apart) => capitalised(settingDifferenceWords(apart)));

const amount = (bytes: number): string => `${formatGib(Math.abs(bytes))} GiB ${bytes > 0 ? "more" : "less"}`;

/** A twentieth of a GiB: what the page writes as "< 0.1". */
const NOTICEABLE = 0.05 * GIB;

/** The term that differs most, in words; empty where none does by as much as the page can show. */
const mostly = (one: MethodAnswer, first: MethodAnswer): string => {
  const apart = one.estimate.terms
    .map(({ id, bytes }) => ({ id, bytes: bytes - (first.estimate.terms.find((term) => term.id === id)?.bytes ?? 0) }))
    .toSorted((a, b) => Math.abs(b.bytes) - Math.abs(a.bytes));
  const [most] = apart;
  if (most === undefined || Math.abs(most.bytes) < NOTICEABLE) return "";
  return `, most of it ${TERM_STYLE[most.id].label.toLowerCase()} (${amount(most.bytes)})`;
};

const OUTCOMES = { fits: "fits", tight: "may not fit", over: "does not fit" } as const;

/** What cannot run does not fit either. */
const outcomeOf = ({ card: { fit } }: Readonly<{ card: CardFit }>): keyof typeof OUTCOMES =>
  fit === "cannot-run" ? "over" : fit;

const BOTH = { fits: "Both fit", tight: "Both may not fit", over: "Neither fits" } as const;

const fitApart = (one: MethodAnswer, first: MethodAnswer): string => {
  const [here, there] = [outcomeOf(one), outcomeOf(first)];
  if (here === there) return BOTH[here];
  if (here === "fits" && there === "over") return "This one fits, A does not";
  if (here === "over" && there === "fits") return "This one does not fit, A does";
  return `This one ${OUTCOMES[here]}, A ${OUTCOMES[there]}`;
};

/**
 * How a scenario differs from the first, in words: what was chosen differently, what that does to the memory on the card and to which term, and whether
 * it still fits.
 */
export const differenceWords = (one: Answer, first: Answer): readonly string[] => {
  const [focus, firstFocus] = [focusedMethod(one), focusedMethod(first)];
  const chosen = choicesApart(one, first);
  if (focus === null || firstFocus === null) return chosen;
  const bytes = focus.estimate.onCardBytes - firstFocus.estimate.onCardBytes;
  const takes = Math.abs(bytes) < NOTICEABLE ? "Takes the same" : `Takes ${amount(bytes)}${mostly(focus, firstFocus)}`;
  return [...(chosen.length === 0 ? ["The same choices as A"] : chosen), takes, fitApart(focus, firstFocus)];
};
