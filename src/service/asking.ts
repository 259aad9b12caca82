import type { EngineService, Question, Take } from "./engine-service.ts";
import type { Answered, ToEngine } from "./message.ts";
import type { QuestionId } from "./table.ts";

/** A question that waits for its answer. */
type Waiting = Readonly<{ message: ToEngine; take: Take<QuestionId> }>;

/** Questions by their numbers, and who waits for each. */
export type Asking = Readonly<{
  service: EngineService;
  /** Hands an outcome to who waits for it; one that nobody waits for is dropped. */
  answered: (message: Answered) => void;
  /** Every question that waits, oldest first. */
  waiting: () => readonly ToEngine[];
}>;

/** Keeps who waits for what. @param post hands a question over to the engine, wherever it is */
export const asking = (post: (message: ToEngine) => void): Asking => {
  const waiting = new Map<number, Waiting>();
  let last = 0;
  const ask = <Id extends QuestionId>({ id, asked, complete }: Question<Id>, take: Take<Id>): (() => void) => {
    last += 1;
    const number = last;
    const message: ToEngine = { number, id, asked, complete };
    waiting.set(number, { message, take: take as Take<QuestionId> });
    post(message);
    return () => {
      if (waiting.delete(number)) post({ number, dropped: true });
    };
  };
  return {
    service: { ask },
    answered: ({ number, outcome }) => {
      const found = waiting.get(number);
      waiting.delete(number);
      found?.take(outcome as Parameters<Take<QuestionId>>[0]);
    },
    waiting: () => [...waiting.values()].map(({ message }) => message),
  };
};
