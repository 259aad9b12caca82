import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { runStages } from "../../tools/house/run-stages.mjs";
import type { Stage } from "../../tools/house/stages.mjs";

const order: string[] = [];
let lines: string[] = [];

const stage = (
  name: string,
  counts: Readonly<{ passed: number; failed: number }>,
  after: readonly string[] = [],
): Stage => ({
  name,
  after,
  run: async () => {
    order.push(name);
    return { ...counts, seconds: 0, note: "", output: `what ${name} printed` };
  },
});

beforeEach(() => {
  order.length = 0;
  lines = [];
  vi.spyOn(console, "log").mockImplementation((line: string) => {
    lines.push(line);
  });
});
afterEach(() => {
  vi.restoreAllMocks();
});

test("the last line is the sum over all stages", async () => {
  const failed = await runStages([stage("a", { passed: 3, failed: 0 }), stage("b", { passed: 10, failed: 2 })]);
  expect(failed).toBe(2);
  expect(lines.at(-1)).toBe("13 passed, 2 failed");
});

test("a stage starts after those that it needs", async () => {
  await runStages([
    stage("build", { passed: 1, failed: 0 }),
    stage("browser tests", { passed: 5, failed: 0 }, ["build", "browser"]),
    stage("browser", { passed: 1, failed: 0 }),
  ]);
  expect(order).toEqual(["build", "browser", "browser tests"]);
});

test("a stage whose need failed is not run, and counts as a failure", async () => {
  const failed = await runStages([
    stage("build", { passed: 0, failed: 1 }),
    stage("browser tests", { passed: 5, failed: 0 }, ["build"]),
  ]);
  expect(order).toEqual(["build"]);
  expect(failed).toBe(2);
  expect(lines.at(-1)).toBe("0 passed, 2 failed");
});

test("a stage that runs alone waits for the others and has the machine to itself", async () => {
  const log: string[] = [];
  const slow = (name: string, alone: boolean): Stage => ({
    name,
    alone,
    run: async () => {
      log.push(`${name} begins`);
      await new Promise((resolve) => setTimeout(resolve, 5));
      log.push(`${name} ends`);
      return { passed: 1, failed: 0, seconds: 0, note: "", output: "" };
    },
  });
  await runStages([slow("tests", true), slow("lint", false), slow("types", false)]);
  expect(log).toEqual(["lint begins", "types begins", "lint ends", "types ends", "tests begins", "tests ends"]);
});

test("what is said at the end stands before the sum, and knows each stage", async () => {
  const stages = [stage("a", { passed: 3, failed: 0 }), stage("b", { passed: 1, failed: 0 })];
  await runStages(stages, (ended) => console.log(ended.map(({ name, result }) => `${name} ${result.passed}`).join()));
  expect(lines.slice(-2)).toEqual(["a 3,b 1", "4 passed, 0 failed"]);
});

test("only what failed prints its output", async () => {
  await runStages([stage("good", { passed: 1, failed: 0 }), stage("bad", { passed: 0, failed: 1 })]);
  expect(lines.join("\n")).toContain("what bad printed");
  expect(lines.join("\n")).not.toContain("what good printed");
});
