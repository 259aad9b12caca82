import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const RUN = fileURLToPath(new URL("../../tools/terminal/run.mjs", import.meta.url));
const run = (args: readonly string[], input = "") => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [RUN, ...args], { input, encoding: "utf8" });
  return { status, stdout, stderr };
};

// The first run builds the command; on a busy machine of two cores that has taken 20 s.
describe("a terminal command in a process of its own", () => {
  it("prints nothing but its result, and ends with its code", () => {
    const { status, stdout, stderr } = run(["estimate", "--json", "-"], "?v=1&method=full&show=full\n");
    expect({ status, stderr }).toEqual({ status: 1, stderr: "" });
    expect(JSON.parse(stdout)).toMatchObject({ version: 1, methods: [{ method: "full", fit: "over" }] });
  });

  it("says on standard error what it could not use", () => {
    const { status, stdout, stderr } = run(["estimate"]);
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr).toMatch(/^There is no link\./);
  });

  it("that there is not is said to be none", () => {
    expect(run(["../estimate"])).toEqual({ status: 2, stdout: "", stderr: 'There is no command "../estimate".\n' });
  });

  it("that breaks ends with 2, since 1 would be an answer", () => {
    const { status, stdout, stderr } = run(["terminal"]);
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr).toContain("src/package/commands/terminal.ts exports no main");
  });
});
