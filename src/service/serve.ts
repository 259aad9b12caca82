import type { Catalog } from "#catalog/catalog.ts";
import type { Choices } from "#scenario/choices/choices.ts";
import { catalogFor } from "./catalog-for.ts";
import { interned } from "./interned.ts";
import type { Answered, Outcome, ToEngine } from "./message.ts";
import { ANSWERS, type QuestionId } from "./table.ts";

/** A question that has arrived. */
type Arrived = Exclude<ToEngine, { dropped: true }>;

/** Work under way for a question. */
type Job = Readonly<{ number: number; work: Generator<void, unknown> }>;

/** Work stops after so long to hear whether something else was asked: what a hand waits for is answered within a frame. */
const SLICE_MILLISECONDS = 5;

/** What a hand waits for: done at once, from beginning to end. */
const AT_ONCE: ReadonlySet<string> = new Set<QuestionId>(["answer", "open"]);

const breath = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

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
 * Answers questions, one after another and the newest first where a hand waits for it; other work goes on between, a few milliseconds at a time, and is
 * given up when nobody waits for it any more.
 *
 * @param post hands an outcome over
 * @returns takes what is asked
 */
export const serve = (post: (message: Answered) => void): ((message: ToEngine) => void) => {
  const wanted = new Set<number>();
  const jobs: Job[] = [];
  let isWorking = false;

  const end = (number: number, outcome: Outcome<unknown>): void => {
    if (wanted.delete(number)) post({ number, outcome });
  };

  /** Goes on with the first job for one slice. */
  const goOn = ({ number, work }: Job): void => {
    const until = performance.now() + SLICE_MILLISECONDS;
    try {
      do {
        const { done, value } = work.next();
        if (!done) continue;
        jobs.shift();
        return end(number, { given: value });
      } while (performance.now() < until);
    } catch (error) {
      jobs.shift();
      end(number, failed(error));
    }
  };

  const workOn = async (): Promise<void> => {
    if (isWorking) return;
    isWorking = true;
    for (let [job] = jobs; job !== undefined; [job] = jobs) {
      if (wanted.has(job.number)) goOn(job);
      else jobs.shift();
      await breath();
    }
    isWorking = false;
  };

  const answer = async ({ number, id, asked, complete }: Arrived): Promise<void> => {
    try {
      const question = taken(asked);
      const catalog = catalogFor(question.choices, complete);
      const work = await begun(id, question, catalog instanceof Promise ? await catalog : catalog);
      if (!isGenerator(work)) return end(number, { given: work });
      if (AT_ONCE.has(id)) return end(number, { given: toEnd(work) });
      jobs.push({ number, work });
      void workOn();
    } catch (error) {
      end(number, failed(error));
    }
  };

  return (message) => {
    if ("dropped" in message) {
      wanted.delete(message.number);
      return;
    }
    wanted.add(message.number);
    void answer(message);
  };
};
