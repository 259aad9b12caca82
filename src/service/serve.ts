// The engine's queue: answers in order of urgency, in short slices, with a time limit.

import type { Catalog } from "#catalog/catalog.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import { catalogFor, internedChoices } from "./whole-catalog.ts";
import { longWorkerOf } from "./pool.ts";
import {
  type Answered,
  type Outcome,
  type ToEngine,
  type Working,
  LONGEST_MILLISECONDS,
  TOO_LONG,
} from "./messages.ts";
import { ANSWERS, type QuestionId } from "./questions.ts";

/** A question that has arrived. */
type Arrived = Exclude<ToEngine, { dropped: true }>;

/** Work under way for a question. `spent`: the milliseconds that it has taken so far. */
type Job = Readonly<{ number: number; place: number; work: Generator<void, unknown> }> & { spent: number };

/** Work stops after so long to hear whether something else was asked: what a hand waits for is answered within a frame. */
const SLICE_MILLISECONDS = 5;

/** While it works on one question, the engine says so this often. */
const WORD_MILLISECONDS = 1000;

/** What a hand waits for: done at once, from beginning to end. */
const AT_ONCE: ReadonlySet<string> = new Set<QuestionId>(["answer", "open"]);

/** The one sentence that an eye waits for. */
const FIRST: QuestionId = "firstAdvice";

/** The place of work in the queue: the first sentence goes before all, what takes long goes after all. */
const placeOf = (id: string): number => {
  if (id === FIRST) return 0;
  return longWorkerOf(id) === undefined ? 1 : 2;
};

/** Lets in what was posted meanwhile. A timer would do the same, four milliseconds later each time. */
const breath = (): Promise<void> =>
  new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.addEventListener("message", () => {
      port1.close();
      resolve();
    });
    port1.start();
    port2.postMessage(null);
  });

const isGenerator = (work: unknown): work is Generator<void, unknown> =>
  typeof work === "object" && work !== null && "next" in work && "return" in work;

/** A question as the functions of the table take it. */
const taken = (asked: unknown): Readonly<{ choices?: Choices }> => {
  const { choices } = asked as Readonly<{ choices?: Choices }>;
  return choices === undefined ? (asked as object) : { ...(asked as object), choices: internedChoices(choices) };
};

/** Starts the work for a question; what is no generator is done with it. */
const begun = async (id: string, asked: unknown, catalog: Catalog): Promise<unknown> => {
  if (!Object.hasOwn(ANSWERS, id)) throw new Error(`Nobody answers ${id}.`);
  return (ANSWERS[id as QuestionId] as (asked: unknown, catalog: Catalog) => unknown)(asked, catalog);
};

const toEnd = (work: Generator<void, unknown>): unknown => {
  for (;;) {
    const { done, value } = work.next();
    if (done) return value;
  }
};

const failed = (error: unknown): Outcome<never> => ({ failed: error instanceof Error ? error.message : String(error) });

/**
 * Answers questions: what a hand waits for before all others, the newest first. Other work goes on between, a few milliseconds at a time, by its place (`placeOf`). A question
 * that nobody waits for any more is not begun, and its work is given up, as is what takes longer than a minute.
 *
 * @param post hands an outcome over, or says which question is worked on
 * @returns takes what is asked
 */
export const serve = (post: (message: Answered | Working) => void): ((message: ToEngine) => void) => {
  const wanted = new Set<number>();
  const arrived: Arrived[] = [];
  const jobs: Job[] = [];
  let isAwake = false;
  let said: number | null = null;
  let saidAt = 0;

  /** Says what is worked on, where that is not what was said within the last second. */
  const say = (works: number | null): void => {
    const now = performance.now();
    if (works === said && (works === null || now - saidAt < WORD_MILLISECONDS)) return;
    said = works;
    saidAt = now;
    post({ works });
  };

  const end = (number: number, outcome: Outcome<unknown>): void => {
    if (!wanted.delete(number)) return say(null);
    if (said === number) said = null;
    post({ number, outcome });
  };

  /** Puts a job before those of later places. */
  const queue = (job: Job): void => {
    const at = jobs.findIndex(({ place }) => place > job.place);
    jobs.splice(at === -1 ? jobs.length : at, 0, job);
  };

  /** Goes on with a job for one slice. @returns whether it is done */
  const goOn = (job: Job): boolean => {
    const { number, work } = job;
    const begun = performance.now();
    let now = begun;
    say(number);
    try {
      do {
        const { done, value } = work.next();
        now = performance.now();
        if (!done) continue;
        end(number, { given: value });
        return true;
      } while (now - begun < SLICE_MILLISECONDS);
      job.spent += now - begun;
      if (job.spent < LONGEST_MILLISECONDS) return false;
      end(number, { failed: TOO_LONG });
      return true;
    } catch (error) {
      end(number, failed(error));
      return true;
    }
  };

  const answer = async ({ number, id, asked, complete }: Arrived): Promise<void> => {
    try {
      const question = taken(asked);
      const catalog = catalogFor(question.choices, complete);
      const rows = catalog instanceof Promise ? await catalog : catalog;
      say(number);
      const work = await begun(id, question, rows);
      if (!isGenerator(work)) return end(number, { given: work });
      if (AT_ONCE.has(id)) return end(number, { given: toEnd(work) });
      queue({ number, place: placeOf(id), work, spent: 0 });
      void wake();
    } catch (error) {
      end(number, failed(error));
    }
  };

  /** Begins a question, or goes on with the first job. */
  const doNext = (): void => {
    const newest = arrived.findLastIndex(({ id }) => AT_ONCE.has(id));
    const [question] = arrived.splice(Math.max(0, newest), 1);
    if (question !== undefined) {
      if (wanted.has(question.number)) void answer(question);
      return;
    }
    const job = jobs.shift();
    if (job === undefined) return;
    if (!wanted.has(job.number)) say(null);
    else if (!goOn(job)) jobs.unshift(job);
  };

  const wake = async (): Promise<void> => {
    if (isAwake) return;
    isAwake = true;
    while (arrived.length > 0 || jobs.length > 0) {
      await breath();
      doNext();
    }
    isAwake = false;
  };

  return (message) => {
    if ("dropped" in message) {
      wanted.delete(message.number);
      return;
    }
    wanted.add(message.number);
    arrived.push(message);
    void wake();
  };
};
