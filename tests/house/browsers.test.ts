import { spawnSync } from "node:child_process";
import type { TestCase, TestResult } from "@playwright/test/reporter";
import { afterEach, expect, test, vi } from "vitest";
import { keys, shifted, stroke } from "../browsers/engines/actions.ts";
import Engines from "../browsers/reporter.ts";

const said: string[] = [];

afterEach(() => {
  vi.restoreAllMocks();
  said.splice(0);
});

const ended = (engine: string, status: TestResult["status"], same?: string): readonly [TestCase, TestResult] => {
  const test = { title: "a title", parent: { project: () => ({ name: engine }) } };
  const result = {
    status,
    duration: 1000,
    errors: [],
    annotations: status === "skipped" ? [{ type: "skip", description: "no fingers" }] : [],
    attachments: same === undefined ? [] : [{ name: "same", contentType: "application/json", body: Buffer.from(same) }],
  };
  return [test as unknown as TestCase, result as unknown as TestResult];
};

const sumOf = async (...ends: readonly (readonly [TestCase, TestResult])[]) => {
  vi.spyOn(console, "log").mockImplementation((line: string) => void said.push(line));
  const reporter = new Engines();
  for (const [test, result] of ends) reporter.onTestEnd(test, result);
  const { status } = await reporter.onEnd();
  return { status, last: said.at(-1) };
};

test("what an engine cannot be made to do is said with its reason, and counted as neither passed nor failed", async () => {
  const sum = await sumOf(ended("chromium", "passed"), ended("webkit", "skipped"));
  expect(sum).toEqual({ status: "passed", last: "1 not driven; 1 passed, 0 failed" });
  expect(said.join("\n")).toContain("not driven: no fingers (a title)");
});

test("an engine that shows other figures than the first fails, though each passed by itself", async () => {
  const same = await sumOf(ended("chromium", "passed", "16.4"), ended("firefox", "passed", "16.4"));
  expect(same).toEqual({ status: "passed", last: "3 passed, 0 failed" });
  const other = await sumOf(ended("chromium", "passed", "16.4"), ended("firefox", "passed", "16.5"));
  expect(other).toEqual({ status: "failed", last: "2 passed, 1 failed" });
});

test("a test that ran out of time, a file that cannot be read, and nothing at all are failures", async () => {
  expect(await sumOf(ended("chromium", "timedOut"))).toEqual({ status: "failed", last: "0 passed, 1 failed" });
  expect(await sumOf()).toMatchObject({ status: "failed" });
  vi.spyOn(console, "log").mockImplementation((line: string) => void said.push(line));
  const reporter = new Engines();
  reporter.onTestEnd(...ended("chromium", "passed"));
  reporter.onError({ message: "SyntaxError" });
  expect(await reporter.onEnd()).toEqual({ status: "failed" });
});

test("a chord lets go of its keys in the other order, and a stroke of a frame is moved by where the frame stands", () => {
  expect(keys("Control+v")[0]?.actions).toEqual([
    { type: "keyDown", value: "\uE009" },
    { type: "keyDown", value: "v" },
    { type: "keyUp", value: "v" },
    { type: "keyUp", value: "\uE009" },
  ]);
  const [source] = stroke("mouse", { x: 1.4, y: 2 }, { x: 9, y: 2 });
  expect(source && shifted(source, { x: 100, y: 10 }).actions).toEqual([
    { type: "pointerMove", x: 101, y: 12, duration: 0 },
    { type: "pointerDown", button: 0 },
    { type: "pointerMove", x: 109, y: 12, duration: 40 },
    { type: "pointerUp", button: 0 },
  ]);
});

test("npm run browsers says which engines there are when it is asked for another", () => {
  const { status, stderr } = spawnSync(process.execPath, ["tools/house/browsers.mjs", "--only", "firefox,opera"], {
    encoding: "utf8",
  });
  expect(status).toBe(2);
  expect(stderr).toContain("--only firefox,opera names an engine that is none of chromium, firefox, webkit.");
});
