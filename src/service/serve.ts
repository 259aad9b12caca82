import type { Catalog } from "#catalog/catalog.ts";
import type { Choices } from "#scenario/choices/choices.ts";
import { catalogFor } from "./catalog-for.ts";
import { interned } from "./interned.ts";
import { longWorkerOf } from "./long-questions.ts";
import type { Answered, Outcome, ToEngine } from "./message.ts";
import { ANSWERS, type QuestionId } from "./table.ts";

/** A question that has arrived. */
type Arrived = Exclude<ToEngine, { dropped: true }>;

/** Work under way for a question. */
type Job = Readonly<{ number: number; place: number; work: Generator<void, unknown> }>;

/** Work stops after so long to hear whether something else was asked: what a hand waits for is answered within a frame. */
const SLICE_MILLISECONDS = 5;

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
  return choices === undefined ? (asked as object) : { ...(asked as object), choices: interned(choices) };
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
 * that nobody waits for any more is not begun, and its work is given up.
 *
 * @param post hands an outcome over
 * @returns takes what is asked
 */
export const serve = (post: (message: Answered) => void): ((message: ToEngine) => void) => {
  const wanted = new Set<number>();
  const arrived: Arrived[] = [];
  const jobs: Job[] = [];
  let isAwake = false;

  const end = (number: number, outcome: Outcome<unknown>): void => {
    if (wanted.delete(number)) post({ number, outcome });
  };

  /** Puts a job before those of later places. */
  const queue = (job: Job): void => {
    const at = jobs.findIndex(({ place }) => place > job.place);
    jobs.splice(at === -1 ? jobs.length : at, 0, job);
  };

  /** Goes on with a job for one slice. @returns whether it is done */
  const goOn = ({ number, work }: Job): boolean => {
    const until = performance.now() + SLICE_MILLISECONDS;
    try {
      do {
        const { done, value } = work.next();
        if (!done) continue;
        end(number, { given: value });
        return true;
      } while (performance.now() < until);
      return false;
    } catch (error) {
      end(number, failed(error));
      return true;
    }
  };

  const answer = async ({ number, id, asked, complete }: Arrived): Promise<void> => {
    try {
      const question = taken(asked);
      const catalog = catalogFor(question.choices, complete);
      const work = await begun(id, question, catalog instanceof Promise ? await catalog : catalog);
      if (!isGenerator(work)) return end(number, { given: work });
      if (AT_ONCE.has(id)) return end(number, { given: toEnd(work) });
      queue({ number, place: placeOf(id), work });
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
    if (job !== undefined && wanted.has(job.number) && !goOn(job)) jobs.unshift(job);
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
