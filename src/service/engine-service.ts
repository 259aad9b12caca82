import type { Outcome } from "./message.ts";
import type { Asked, Given, QuestionId } from "./table.ts";

/** One question, and from which page: one with the rows of the whole catalog or not. */
export type Question<Id extends QuestionId> = Readonly<{ id: Id; asked: Asked<Id>; complete: boolean }>;

/** Takes what comes of a question. */
export type Take<Id extends QuestionId> = (outcome: Outcome<Given<Id>>) => void;

/**
 * The engine as the page knows it, wherever it runs. `ask` gives back what ends the waiting: after that nothing is taken any more. An answer may be
 * there before `ask` returns, where the engine is in the page.
 */
export type EngineService = Readonly<{
  ask: <Id extends QuestionId>(question: Question<Id>, take: Take<Id>) => () => void;
}>;
