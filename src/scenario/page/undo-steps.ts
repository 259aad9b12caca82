import type { Choices } from "#scenario/keys/choices.ts";

/** Steps that can be undone; more than anyone goes back, and small enough to keep. */
const MOST_STEPS = 100;

/** A drag changes one field many times in a row, a frame apart; a pause this long begins a new step. */
const DRAG_PAUSE_MS = 500;

/** A change of choices: which fields, when (milliseconds of any steady clock), and by which hold of a hand (null: none was on a control). */
export type Change = Readonly<{ fields: readonly string[]; at: number; hold: number | null }>;

/** One hand that has not let go, or no pause between. */
const isInOneGo = (before: Change, change: Change): boolean =>
  (change.hold !== null && change.hold === before.hold) || change.at - before.at < DRAG_PAUSE_MS;

/** Whether a change belongs to the same drag as the one before it: the same fields, in one go. */
const isSameDrag = (before: Change | null, change: Change): boolean =>
  before !== null &&
  isInOneGo(before, change) &&
  before.fields.length === change.fields.length &&
  before.fields.every((field, index) => field === change.fields[index]);

/**
 * The choices to go back to after a change: those before it are added, except within a drag, which is one step from where it began.
 *
 * @param past earlier choices, newest last
 */
export const withStep = (
  past: readonly Choices[],
  choices: Choices,
  { before, change }: Readonly<{ before: Change | null; change: Change }>,
): readonly Choices[] => (past.length > 0 && isSameDrag(before, change) ? past : [...past, choices].slice(-MOST_STEPS));
