import { reachOf } from "./imports.mjs";
import { mutated } from "./mutants-of.mjs";
import { planTests } from "./plan-tests.mjs";
import { read, testsOf } from "./rooms.mjs";
import { knownSeconds } from "./test-times.mjs";

/** @typedef {import("./mutants-of.mjs").Mutant} Mutant */
/** @typedef {Awaited<ReturnType<typeof import("./test-runner.mjs").createTestRunner>>} TestRunner */
/** @typedef {Readonly<{ mutant: Mutant, outcome: import("./test-runner.mjs").Outcome, isCut: boolean }>} Trial `isCut`: not all tests fit into the limit. */

/** The tests without a mutant may take their time: nobody waits for them once they are known. */
const CLEAN_LIMIT_SECONDS = 3600;

/** Tests that take so many times as long as without the mutant do not end. */
const HUNG_FACTOR = 5;

/** A process has to start, and a busy machine to find the time. */
const START_SECONDS = 20;

/**
 * Runs each test of which nobody knows how long it takes, alone; one that takes longer than a mutant may cost is ended, and no mutant will ever run it. Then
 * those that are left in one process, as with a mutant, so that the mutant is what makes one fail.
 *
 * @param {readonly string[]} tests
 * @param {Readonly<{ room: string, runner: TestRunner, limitSeconds: number }>} options
 */
const timedTests = async (tests, { room, runner, limitSeconds }) => {
  const known = knownSeconds();
  /** @param {readonly string[]} some @param {number} seconds */
  const runClean = async (some, seconds) => {
    const outcome = await runner.run(some, { limitSeconds: seconds });
    if (outcome === "failed") throw new Error(`The tests of ${room} fail without a mutant: ${runner.failure()}`);
    return outcome;
  };
  const longest = START_SECONDS + limitSeconds;
  for (const test of tests.filter((each) => known.of(each) === undefined)) {
    const outcome = await runClean([test], longest);
    known.keep(test, outcome === "hung" ? longest : (runner.seconds.get(test) ?? 0));
  }
  const timed = tests.map((test) => ({ test, seconds: known.of(test) ?? 0 }));
  const quick = timed.filter(({ seconds }) => seconds <= limitSeconds);
  await runClean(
    quick.map(({ test }) => test),
    CLEAN_LIMIT_SECONDS,
  );
  return timed;
};

/**
 * Tries mutants of a room, one after the other.
 *
 * @param {readonly Mutant[]} mutants
 * @param {Readonly<{ room: string, runner: TestRunner, limitSeconds: number }>} options
 * @returns {AsyncGenerator<Trial>}
 */
export async function* tryMutants(mutants, options) {
  const reach = reachOf(read);
  const files = new Set(mutants.map(({ file }) => file));
  const reaching = testsOf(options.room)
    .map((test) => ({ test, reached: reach(test) }))
    .filter(({ reached }) => [...files].some((file) => reached.has(file)));
  const timed = await timedTests(
    reaching.map(({ test }) => test),
    options,
  );
  for (const mutant of mutants) {
    const tests = timed.filter((_, index) => reaching[index]?.reached.has(mutant.file));
    const plan = planTests(mutant.file, tests, options.limitSeconds);
    const outcome =
      plan.tests.length === 0
        ? "passed"
        : await options.runner.run(plan.tests, {
            limitSeconds: START_SECONDS + HUNG_FACTOR * plan.seconds,
            replacement: { file: mutant.file, text: mutated(mutant, read(mutant.file)) },
          });
    yield { mutant, outcome, isCut: plan.isCut };
  }
}
