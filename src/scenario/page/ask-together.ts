import type { Take } from "#service/engine-service.ts";
import type { Outcome } from "#service/message.ts";
import type { Asked, QuestionId } from "#service/table.ts";
import { ask } from "./engine.ts";
import { useScenario } from "./store.ts";

/** A question that was asked: who waits for it, and what came of it once that is known. */
type Together = {
  readonly id: QuestionId;
  readonly complete: boolean;
  readonly takers: Set<Take<QuestionId>>;
  outcome: Outcome<never> | null;
  stop: () => void;
};

/** By what is asked: the very object, which those who share a question share. */
const open = new WeakMap<object, Together>();

const begin = <Id extends QuestionId>(id: Id, asked: Asked<Id>, complete: boolean): Together => {
  const together: Together = { id, complete, takers: new Set(), outcome: null, stop: () => undefined };
  open.set(asked, together);
  together.stop = ask(id, asked, (given) => {
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
 */
export const askTogether = <Id extends QuestionId>(id: Id, asked: Asked<Id>, take: Take<Id>): (() => void) => {
  const { complete } = useScenario.getState().catalog;
  const known = open.get(asked);
  const together = known?.id === id && known.complete === complete ? known : begin(id, asked, complete);
  const taker = take as Take<QuestionId>;
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
