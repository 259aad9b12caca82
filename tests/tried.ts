import { test } from "vitest";

/** How often a property is tried: `quick` in `npm test`, `thorough` in `npm run fuzz`. */
type Times = Readonly<{ quick: number; thorough: number }>;

/** What `fc.assert` is told. */
type Runs = Readonly<{ numRuns: number; seed: number }>;

/** `npm test` draws the same each time: it says the same of the same code. `npm run fuzz` draws anew with each commit. */
const QUICK_SEED = 1;

const { FUZZ_SEED, FUZZ_RUNS } = process.env;

const runsOf = ({ quick, thorough }: Times): Runs =>
  FUZZ_SEED === undefined
    ? { numRuns: quick, seed: QUICK_SEED }
    : { numRuns: FUZZ_RUNS === undefined ? thorough : Number(FUZZ_RUNS), seed: Number(FUZZ_SEED) };

/** A test of what holds for whatever is drawn: `npm run fuzz` runs these tests alone, many more times and from one seed (`tools/house/fuzz.mjs`). */
export const tried = (title: string, times: Times, body: (runs: Runs) => void): void =>
  test(title, { tags: ["fuzz"] }, () => body(runsOf(times)));
