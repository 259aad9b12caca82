import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { POPULAR_CATALOG } from "#catalog/catalog.ts";
import { type Choices, hasKnownRows } from "#scenario/keys/choices.ts";
import type { EngineService } from "#service/start-service.ts";
import { internedChoices } from "#service/whole-catalog.ts";
import { ANSWERS } from "#service/questions.ts";

const isGenerator = (work: unknown): work is Generator<void, unknown> =>
  typeof work === "object" && work !== null && "next" in work;

const toEnd = (work: Generator<void, unknown>): unknown => {
  for (;;) {
    const { done, value } = work.next();
    if (done) return value;
  }
};

/** What was given to each question: tests of a file ask the same again and again, and the same question has one answer (`tests/calc/determinism.test.ts`). */
const given = new Map<string, unknown>();

/** The answer to a question, worked out once; one that waits for something, each time. */
const answerOnce = (question: string, ask: () => unknown): unknown => {
  if (given.has(question)) return given.get(question);
  const work = ask();
  if (work instanceof Promise) return work;
  const value = isGenerator(work) ? toEnd(work) : work;
  given.set(question, structuredClone(value));
  return value;
};

/**
 * The engine in the thread of a test: answers before `ask` returns, so that a component is drawn whole. What is asked and given is copied as it is on
 * its way to a worker and back, which only data survives.
 */
export const hereService: EngineService = {
  ask: ({ id, asked, complete }, take) => {
    let isWanted = true;
    const { choices } = structuredClone(asked) as Readonly<{ choices?: Choices }>;
    const question = { ...structuredClone(asked), ...(choices && { choices: internedChoices(choices) }) };
    const hasRows = !complete && (choices === undefined || hasKnownRows(POPULAR_CATALOG, choices));
    const answer = ANSWERS[id] as (asked: unknown, catalog: unknown) => unknown;
    const give = (value: unknown): void => {
      if (isWanted) take({ given: structuredClone(value) as never });
    };
    const value = answerOnce(JSON.stringify([id, hasRows, asked]), () =>
      answer(question, hasRows ? POPULAR_CATALOG : FULL_CATALOG),
    );
    if (value instanceof Promise) void value.then(give);
    else give(value);
    return () => {
      isWanted = false;
    };
  },
};
