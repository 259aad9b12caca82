import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { POPULAR_CATALOG } from "#catalog/popular-catalog.ts";
import type { Choices } from "#scenario/choices/choices.ts";
import { hasRowsOf } from "#service/has-rows-of.ts";
import type { EngineService } from "#service/engine-service.ts";
import { interned } from "#service/interned.ts";
import { ANSWERS } from "#service/table.ts";

const isGenerator = (work: unknown): work is Generator<void, unknown> =>
  typeof work === "object" && work !== null && "next" in work;

const toEnd = (work: Generator<void, unknown>): unknown => {
  for (;;) {
    const { done, value } = work.next();
    if (done) return value;
  }
};

/**
 * The engine in the thread of a test: answers before `ask` returns, so that a component is drawn whole. What is asked and given is copied as it is on
 * its way to a worker and back, which only data survives.
 */
export const hereService: EngineService = {
  ask: ({ id, asked, complete }, take) => {
    let isWanted = true;
    const { choices } = structuredClone(asked) as Readonly<{ choices?: Choices }>;
    const question = { ...structuredClone(asked), ...(choices && { choices: interned(choices) }) };
    const hasRows = !complete && (choices === undefined || hasRowsOf(POPULAR_CATALOG, choices));
    const answer = ANSWERS[id] as (asked: unknown, catalog: unknown) => unknown;
    const give = (value: unknown): void => {
      if (isWanted) take({ given: structuredClone(value) as never });
    };
    const work = answer(question, hasRows ? POPULAR_CATALOG : FULL_CATALOG);
    if (work instanceof Promise) void work.then(give);
    else give(isGenerator(work) ? toEnd(work) : work);
    return () => {
      isWanted = false;
    };
  },
};
