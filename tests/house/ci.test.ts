import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";

const folder = mkdtempSync(join(tmpdir(), "headroom-ci-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs CI with an npm that ends each of the two commands as given. */
const runCi = (ends: Readonly<Record<"test" | "fuzz", Readonly<{ says: string; code: number }>>>) => {
  const npm = join(folder, "npm.js");
  const ofCommand = `(${JSON.stringify(ends)})[process.argv.at(-1)]`;
  writeFileSync(npm, `const { says, code } = ${ofCommand}; console.log(says); process.exitCode = code;`);
  const env = { ...process.env, npm_execpath: npm };
  const { status, stdout } = spawnSync(process.execPath, ["tools/house/ci.mjs"], { env, encoding: "utf8" });
  return { status, lines: stdout.trim().split("\n") };
};

const good = { says: "10 passed, 0 failed", code: 0 };
const bad = { says: "FAIL  tests\n8 passed, 2 failed", code: 1 };

test("CI runs the tests, then what is drawn, and ends in the sum of both", () => {
  const lines = ["10 passed, 0 failed", "5 passed, 0 failed", "15 passed, 0 failed"];
  expect(runCi({ test: good, fuzz: { says: "5 passed, 0 failed", code: 0 } })).toEqual({ status: 0, lines });
});

test.each([
  ["the tests fail", { test: bad, fuzz: good }],
  ["what is drawn fails", { test: good, fuzz: bad }],
])("CI fails where %s, and has run the other all the same", (_, ends) => {
  const { status, lines } = runCi(ends);
  expect(status).toBe(1);
  expect(lines).toEqual([...ends.test.says.split("\n"), ...ends.fuzz.says.split("\n"), "18 passed, 2 failed"]);
});
