import { useEffect, useState } from "react";
import type { Outcome } from "#service/message.ts";
import type { Asked, Given, QuestionId } from "#service/table.ts";
import { askTogether } from "./ask-together.ts";
import { NoAnswer } from "./no-answer.ts";
import { useScenario } from "./store.ts";

/** What came of the last question that was answered, and what that question was. */
type Answered<Id extends QuestionId> = Readonly<{ asked: Asked<Id>; complete: boolean; outcome: Outcome<Given<Id>> }>;

/**
 * What the engine says to a question: asked when it is first needed, and again when it is another one. The last answer stays until the next one is here.
 *
 * @param asked kept from draw to draw (`useMemo`) while it says the same; null asks nothing
 * @returns `value`: null before the first answer; `fresh`: whether it answers this very question
 * @throws NoAnswer where the engine could not answer it: the panel's own boundary says so
 */
export const useAsked = <Id extends QuestionId>(
  id: Id,
  asked: Asked<Id> | null,
): Readonly<{ value: Given<Id> | null; fresh: boolean }> => {
  const complete = useScenario(({ catalog }) => catalog.complete);
  const [last, setLast] = useState<Answered<Id> | null>(null);
  useEffect(
    () => (asked === null ? undefined : askTogether(id, asked, (outcome) => setLast({ asked, complete, outcome }))),
    [id, asked, complete],
  );
  const fresh = last !== null && last.asked === asked && last.complete === complete;
  if (last === null) return { value: null, fresh: false };
  if ("given" in last.outcome) return { value: last.outcome.given, fresh };
  if (fresh) throw new NoAnswer(last.outcome.failed);
  return { value: null, fresh: false };
};
