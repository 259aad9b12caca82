import fc from "fast-check";
import { test } from "vitest";

declare module "vitest" {
  interface TaskMeta {
    /** How many cases a property was tried with: counted while it was tried, and a part of the run's report (`tools/report/fuzz.mjs`). */
    draws?: number;
  }
}

/** How often a property is tried: `quick` in `npm test`, `thorough` in `npm run fuzz`. */
type Times = Readonly<{ quick: number; thorough: number }>;

/** What `fc.assert` is told. */
type Runs = Readonly<{ numRuns: number; seed: number; reporter: <Drawn>(details: fc.RunDetails<Drawn>) => void }>;

/** `npm test` draws the same each time: it says the same of the same code. `npm run fuzz` draws anew with each commit. */
const QUICK_SEED = 1;

const { FUZZ_SEED, FUZZ_RUNS } = process.env;

const timesOf = ({ quick, thorough }: Times): Readonly<{ numRuns: number; seed: number }> =>
  FUZZ_SEED === undefined
    ? { numRuns: quick, seed: QUICK_SEED }
    : { numRuns: FUZZ_RUNS === undefined ? thorough : Number(FUZZ_RUNS), seed: Number(FUZZ_SEED) };

/** A test of what holds for whatever is drawn: `npm run fuzz` runs these tests alone, many more times and from one seed (`tools/house/fuzz.mjs`). */
export const tried = (title: string, times: Times, body: (runs: Runs) => void | Promise<void>): void =>
  test(title, { tags: ["fuzz"] }, async ({ task, expect }) => {
    const reporter: Runs["reporter"] = (details) => {
      task.meta.draws = (task.meta.draws ?? 0) + details.numRuns;
      // With a reporter fast-check leaves it to that to fail.
      if (details.failed) throw new Error(fc.defaultReportMessage(details), { cause: details.errorInstance });
    };
    await body({ ...timesOf(times), reporter });
    expect(task.meta.draws, "cases that were drawn").toBeGreaterThan(0);
  });
