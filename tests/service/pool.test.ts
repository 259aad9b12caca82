import { expect, test } from "vitest";
import type { EngineService } from "#service/start-service.ts";
import { pooledService, workersOf } from "#service/pool.ts";
import type { QuestionId } from "#service/questions.ts";

test("a device has as many workers as cores, and three at most; a phone has one", () => {
  const workers = [1, 2, 4, 64].map((hardwareConcurrency) => workersOf({ hardwareConcurrency, maxTouchPoints: 0 }));
  expect(workers).toEqual([1, 2, 3, 3]);
  expect(workersOf({ hardwareConcurrency: 8, maxTouchPoints: 5 })).toBe(1);
});

/** Which worker each question went to, and how many were started beside the first. */
const asked = (workers: number, ids: readonly QuestionId[]) => {
  const went: string[] = [];
  let started = 0;
  const named = (name: number): EngineService => ({
    ask: ({ id }) => {
      went.push(`${id} ${name}`);
      return () => undefined;
    },
  });
  const { ask } = pooledService(named(0), () => named(++started), workers);
  for (const id of ids) ask({ id, asked: {} as never, complete: false }, () => undefined);
  return { went, started };
};

const LONG = ["advice", "matrix", "sweep", "fitOptions"] as const;

test("what a hand or an eye waits for has the first worker for itself where there are three", () => {
  expect(asked(3, ["answer", "firstAdvice", "open"])).toEqual({
    went: ["answer 0", "firstAdvice 0", "open 0"],
    started: 0,
  });
  expect(asked(3, LONG)).toEqual({ went: ["advice 1", "matrix 2", "sweep 2", "fitOptions 1"], started: 2 });
});

test("two workers share long work, one does all", () => {
  expect(asked(2, LONG)).toEqual({ went: ["advice 1", "matrix 0", "sweep 0", "fitOptions 1"], started: 1 });
  expect(asked(1, LONG)).toEqual({ went: ["advice 0", "matrix 0", "sweep 0", "fitOptions 0"], started: 0 });
});
