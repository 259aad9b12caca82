import { useState } from "react";
import { useAsked } from "#scenario/page/use-asked.ts";
import type { PageAnswer } from "#service/answers/page-answer.ts";
import type { Asked, Given, QuestionId } from "#service/table.ts";

/** What the engine says to a question, and the answer that it goes with. */
type Told<Id extends QuestionId> = Readonly<{ answer: PageAnswer; given: Given<Id> }>;

/**
 * Asks the engine for more about an answer. Answer and what is given stay as they were until both are there anew, so that a panel never draws two
 * scenarios at once.
 *
 * @param asked names the choices of the answer; kept from draw to draw (`useMemo`) while it says the same; null asks nothing
 * @returns null before anything is given
 */
export const useTold = <Id extends QuestionId>(
  answer: PageAnswer,
  id: Id,
  asked: Asked<Id> | null,
): Told<Id> | null => {
  const { value, fresh } = useAsked(id, asked);
  const [told, setTold] = useState<Told<Id> | null>(null);
  if (!fresh || (told?.answer === answer && told.given === value)) return told;
  // Fresh is what was given to this very question; null may be just that.
  const next: Told<Id> = { answer, given: value as Given<Id> };
  setTold(next);
  return next;
};
