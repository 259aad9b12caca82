import type { Asked, Given, QuestionId } from "#service/table.ts";
import { ask } from "./engine.ts";

/** What the engine says to a question that is asked once, on a press. Rejects where it could not answer. */
export const askOnce = <Id extends QuestionId>(id: Id, asked: Asked<Id>): Promise<Given<Id>> =>
  new Promise((resolve, reject) => {
    ask(id, asked, (outcome) => {
      if ("given" in outcome) resolve(outcome.given);
      else reject(new Error(outcome.failed));
    });
  });
