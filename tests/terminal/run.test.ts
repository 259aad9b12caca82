import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";

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
    const broken = 'data:text/javascript,process.stdout.write = () => { throw new Error("nothing is printed"); }';
    const { status, stderr } = spawnSync(process.execPath, ["--import", broken, RUN, "estimate", "?v=1"], {
      encoding: "utf8",
    });
    expect(status).toBe(2);
    expect(stderr).toContain("Error: nothing is printed");
  });

  it.each(["terminal", "accuracy-report", "run", "tests", "file-text"])(
    "is not a file without a command: %s",
    (name) => {
      expect(run([name])).toEqual({ status: 2, stdout: "", stderr: `There is no command "${name}".\n` });
    },
  );
});

/** How a command ends of which nobody reads one of the two streams, and what it says on the other. */
const runUnread = async (unread: "stdout" | "stderr", ...args: readonly string[]) => {
  const child = spawn(process.execPath, [RUN, ...args], { stdio: ["ignore", "pipe", "pipe"] });
  child[unread].destroy();
  let said = "";
  child[unread === "stdout" ? "stderr" : "stdout"].on("data", (chunk: Buffer) => (said += chunk.toString()));
  const code = await new Promise((resolve) => child.on("close", resolve));
  return { code, said };
};

describe("a command of which nobody reads", () => {
  it("the result ends quietly, with its own code", async () => {
    expect(await runUnread("stdout", "estimate", "?v=1", "?v=1&method=full&show=full")).toEqual({ code: 1, said: "" });
  });

  it("the complaints ends quietly, with its own code", async () => {
    expect(await runUnread("stderr", "import", "none.yaml", "nowhere.yaml")).toEqual({ code: 2, said: "" });
  });
});

describe("a path that npm's caller gives", () => {
  const folder = mkdtempSync(join(tmpdir(), "headroom-caller-"));
  writeFileSync(
    join(folder, "train.yaml"),
    "model_name_or_path: Qwen/Qwen3-4B\nuse_peft: true\nlora_r: 4\noutput_dir: o\n",
  );
  afterAll(() => rmSync(folder, { recursive: true }));

  const root = fileURLToPath(new URL("../..", import.meta.url));
  const file = join("tools", "terminal", "run.mjs");
  /** As npm runs a script: in the root, with the caller's folder beside. */
  const runScript = (script: string, ...args: readonly string[]) =>
    spawnSync(process.execPath, [file, ...args], {
      cwd: root,
      env: { ...process.env, INIT_CWD: folder, npm_lifecycle_script: script },
      encoding: "utf8",
    });

  it("is looked for where the caller is", () => {
    const { status, stdout } = runScript("node tools/terminal/run.mjs import", "import", "train.yaml");
    expect(status).not.toBe(2);
    expect(stdout).toContain("model=qwen3-4b");
  });

  it("is a program's own where another script has started the command", () => {
    const { status, stderr } = runScript("node tools/house/test.mjs", "import", "train.yaml");
    expect(status).toBe(2);
    expect(stderr).toContain("train.yaml cannot be read");
  });

  it("goes for rows, too", () => {
    writeFileSync(join(folder, "rows.jsonl"), "{}\n");
    const { status, stderr } = runScript("node tools/terminal/run.mjs reference", "reference", "--data", "rows.jsonl");
    expect(status).toBe(2);
    expect(stderr).toContain("rows.jsonl:1: its id is missing.");
  });
});
