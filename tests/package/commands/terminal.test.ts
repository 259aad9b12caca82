import { mkdtemp, rm, symlink, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { main as advise } from "#package/commands/advise.ts";
import { main as check } from "#package/commands/check.ts";
import { main as estimate } from "#package/commands/estimate.ts";
import { main as explainOom } from "#package/commands/explain-oom.ts";
import { main } from "#package/commands/import.ts";
import { runCommand } from "./run-command.ts";

let folder = "";

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "headroom-"));
});

afterAll(() => rm(folder, { recursive: true }));

test("a file is refused by its size, before it is read", async () => {
  const path = join(folder, "config.json");
  await writeFile(path, "{}");
  // A file with a hole takes no room, and would take its size in memory.
  await truncate(path, 3_000_000_000);
  const { code, complaints } = await runCommand(main, [path]);
  expect(code).toBe(2);
  expect(complaints).toEqual([`${path} is not read. The file has 3,000 MB, more than the 16 MB that are read.`]);
});

/** More than is read, however much is taken. */
const endless = function* (): Iterable<string> {
  for (;;) yield "y\n".repeat(2 ** 15);
};

test.each([
  ["import", main],
  ["check", check],
  ["explain-oom", explainOom],
  ["estimate", estimate],
  ["advise", advise],
])("%s reads no more of a standard input without end than of a file", async (_, command) => {
  const { code, complaints } = await runCommand(command, ["-"], endless());
  expect(code).toBe(2);
  expect(complaints).toContain("Standard input is not read. The file has more than the 16 MB that are read.");
});

test.skipIf(process.platform === "win32")("a device, whose size is 0, is read no further than a file", async () => {
  for (const command of [main, check, explainOom]) {
    const { code, complaints } = await runCommand(command, ["/dev/zero"]);
    expect(code).toBe(2);
    expect(complaints).toEqual(["/dev/zero is not read. The file has more than the 16 MB that are read."]);
  }
});

test("a file that is not there is said", async () => {
  const { code, complaints } = await runCommand(main, [join(folder, "none.json")]);
  expect(code).toBe(2);
  expect(complaints[0]).toMatch(/none\.json cannot be read: /);
});

test("a name with the end of a line in it starts no line of its own, which a runner of CI could obey", async () => {
  const path = join(folder, "x\n::warning::y.yaml");
  await symlink(join(folder, "nowhere"), path);
  for (const command of [main, check]) {
    const { code, complaints } = await runCommand(command, [path]);
    expect(code).toBe(2);
    expect(complaints.join("")).toMatch(/x ::warning::y\.yaml cannot be read: /);
    expect(complaints.join("")).not.toMatch(/[\n\r\u2028]/);
  }
});
