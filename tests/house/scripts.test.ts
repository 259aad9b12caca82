import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";

const folder = mkdtempSync(join(tmpdir(), "headroom-scripts-"));
afterAll(() => rmSync(folder, { recursive: true }));

const { scripts } = JSON.parse(readFileSync("package.json", "utf8")) as { scripts: Readonly<Record<string, string>> };

/** Commands of the terminal are built first: `tests/terminal/command-lines.test.ts` asks them in this process. */
const OF_THE_TERMINAL = "node tools/terminal/run.mjs ";
const OWN = Object.values(scripts).flatMap((script) => {
  const [program = "", file = ""] = script.split(" ");
  return program === "node" && !script.startsWith(OF_THE_TERMINAL) ? [file] : [];
});

/** Programs of ours that no script names. */
const OTHERS = ["tools/house/ci.mjs", "tools/build/package.mjs"];

const run = (file: string, ...args: readonly string[]) => {
  // Nothing is there to be installed, fetched or run with.
  const env = { PATH: folder, HOME: folder, npm_execpath: join(folder, "none.js") };
  const { status, stdout, stderr } = spawnSync(process.execPath, [file, ...args], { env, encoding: "utf8" });
  return { status, stdout, stderr };
};

const changes = (): string => spawnSync("git", ["status", "--porcelain"], { encoding: "utf8" }).stdout;

describe("scripts of package.json", () => {
  test("are ours, but for three programs that have a help of their own", () => {
    const others = Object.entries(scripts).filter(([, script]) => !script.startsWith("node "));
    expect(others.map(([name]) => name)).toEqual(["format", "lint", "coverage"]);
    expect(OWN.length).toBeGreaterThan(10);
  });

  test.each([...OWN, ...OTHERS])("%s --help says what it takes, and does nothing", (file) => {
    const before = changes();
    const { status, stdout, stderr } = run(file, "--nonsense", "--help");
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(stdout).toMatch(/^Usage: (npm|node) /);
    expect(changes()).toBe(before);
  });

  test.each([...OWN, ...OTHERS])("%s refuses an option that there is not, and does nothing", (file) => {
    const before = changes();
    const { status, stdout, stderr } = run(file, "--nonsense");
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr).toMatch(/^There is no option "--nonsense"\. Usage: (npm|node) [^\n]*\n$/);
    expect(changes()).toBe(before);
  });

  test.each([
    ["tools/house/size.mjs", ["dist"], 'There is no use for "dist".'],
    ["tools/house/size.mjs", ["--", "--help"], 'There is no use for "--help".'],
    ["tools/house/fuzz.mjs", ["--seed"], "--seed needs a value."],
    ["tools/house/fuzz.mjs", ["--seed", "--runs", "2"], "--seed needs a value."],
    ["tools/house/fuzz.mjs", ["--seed=many"], "--seed needs a whole number."],
    [
      "tools/house/start.mjs",
      ["--port", "1e3"],
      "Not a port: 1e3. Give a whole number from 0 (any free port) to 65535.",
    ],
    ["tools/build/space.mjs", [], "There is no folder."],
    ["tools/build/space.mjs", ["a", "b"], 'There is no use for "b".'],
    ["tools/mutants/run.mjs", ["--room", "cellar"], 'There is no room "cellar".'],
    ["tests/bench/run.mjs", ["--rounds", "0"], "Not a number of rounds: 0."],
    ["tests/bench/run.mjs", ["--heap=yes"], "--heap takes no value."],
  ])("%s refuses %j", (file, args, sentence) => {
    const { status, stderr } = run(file, ...args);
    expect(status).toBe(2);
    expect(stderr.startsWith(`${sentence} Usage: `)).toBe(true);
  });
});
