import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

/** Runs a test of the engine with a file that says something else, in a process of its own, as `npm run mutants` does. */
const outcomeWith = (file: string, text: string): string =>
  execFileSync(
    process.execPath,
    [
      "--input-type=module",
      "--eval",
      `import { createTestRunner } from "./tools/mutants/test-runner.mjs";
       const { run } = await createTestRunner();
       const replacement = ${JSON.stringify({ file, text })};
       const outcome = await run(["tests/calc/step/window-masks.test.ts"], { limitSeconds: 600, replacement });
       console.log(outcome);
       process.exit(0);`,
    ],
    { encoding: "utf8" },
  ).trim();

// Tests run the engine in one piece, made of what is on the disk: a mutant would not be in it.
test("a mutant of the engine is seen by tests that ask the engine", () => {
  const file = "src/calc/model/scenario-traits.ts";
  expect(outcomeWith(file, "throw new Error('a mutant');")).toBe("failed");
  expect(outcomeWith(file, readFileSync(file, "utf8"))).toBe("passed");
});
