import { test } from "vitest";

/** How often a property is tried: `quick` in `npm test`, `thorough` in `npm run fuzz`. */
type Times = Readonly<{ quick: number; thorough: number }>;

/** What `fc.assert` is told; without a seed it draws one and names it where the property fails. */
type Runs = Readonly<{ numRuns: number; seed?: number }>;

const { FUZZ_SEED, FUZZ_RUNS } = process.env;

const runsOf = ({ quick, thorough }: Times): Runs =>
  FUZZ_SEED === undefined
    ? { numRuns: quick }
    : { numRuns: FUZZ_RUNS === undefined ? thorough : Number(FUZZ_RUNS), seed: Number(FUZZ_SEED) };

/** A test of what holds for whatever is drawn: `npm run fuzz` runs these tests alone, many more times and from one seed (`tools/house/fuzz.mjs`). */
export const tried = (title: string, times: Times, body: (runs: Runs) => void): void =>
  test(title, { tags: ["fuzz"] }, () => body(runsOf(times)));
