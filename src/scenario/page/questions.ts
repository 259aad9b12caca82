// Questions of components to the engine, each asked once for all who share it.

import type { TakeOutcome } from "#service/start-service.ts";
import type { Outcome } from "#service/messages.ts";
import type { QuestionInput, QuestionId, QuestionResult } from "#service/questions.ts";
import { askEngine } from "./engine.ts";
import { useScenario, NoAnswer } from "./store.ts";
import { useEffect, useState } from "react";

/** A question that was asked: who waits for it, and what came of it once that is known. */
type Together = {
  readonly id: QuestionId;
  readonly complete: boolean;
  readonly takers: Set<TakeOutcome<QuestionId>>;
  outcome: Outcome<never> | null;
  stop: () => void;
};

/** By what is asked: the very object, which those who share a question share. */
const open = new WeakMap<object, Together>();

const begin = <Id extends QuestionId>(id: Id, asked: QuestionInput<Id>, complete: boolean): Together => {
  const together: Together = { id, complete, takers: new Set(), outcome: null, stop: () => undefined };
  open.set(asked, together);
  together.stop = askEngine(id, asked, (given) => {
    const outcome = given as Outcome<never>;
    together.outcome = outcome;
    // What could not be answered may be asked again.
    if ("failed" in outcome) open.delete(asked);
    for (const take of together.takers) take(outcome);
    together.takers.clear();
  });
  return together;
};

/**
 * Asks as `ask` does, and once for all who ask with the very same object: nothing is worked out twice, and who comes later has the answer at once. The
 * engine gives up when nobody waits any more.
 *
 * @returns ends the waiting: nothing is taken after that
 * @internal
 */
export const askTogether = <Id extends QuestionId>(
  id: Id,
  asked: QuestionInput<Id>,
  take: TakeOutcome<Id>,
): (() => void) => {
  const { complete } = useScenario.getState().catalog;
  const known = open.get(asked);
  const together = known?.id === id && known.complete === complete ? known : begin(id, asked, complete);
  const taker = take as TakeOutcome<QuestionId>;
  if (together.outcome !== null) {
    taker(together.outcome);
    return () => undefined;
  }
  together.takers.add(taker);
  return () => {
    if (!together.takers.delete(taker) || together.takers.size > 0) return;
    together.stop();
    if (open.get(asked) === together) open.delete(asked);
  };
};

/** What came of the last question that was answered, and what that question was. */
type Answered<Id extends QuestionId> = Readonly<{
  asked: QuestionInput<Id>;
  complete: boolean;
  outcome: Outcome<QuestionResult<Id>>;
}>;

/**
 * What the engine says to a question: asked when it is first needed, and again when it is another one. The last answer stays until the next one is here.
 *
 * @param asked kept from draw to draw (`useMemo`) while it says the same; null asks nothing
 * @returns `value`: null before the first answer; `fresh`: whether it answers this very question
 * @throws NoAnswer where the engine could not answer it: the panel's own boundary says so
 */
export const useEngineAnswer = <Id extends QuestionId>(
  id: Id,
  asked: QuestionInput<Id> | null,
): Readonly<{ value: QuestionResult<Id> | null; fresh: boolean }> => {
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

/** What the engine says to a question that is asked once, on a press. Rejects where it could not answer. */
export const askOnce = <Id extends QuestionId>(id: Id, asked: QuestionInput<Id>): Promise<QuestionResult<Id>> =>
  new Promise((resolve, reject) => {
    askEngine(id, asked, (outcome) => {
      if ("given" in outcome) resolve(outcome.given);
      else reject(new Error(outcome.failed));
    });
  });
