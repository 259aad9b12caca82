import { mkdtemp, rm, symlink, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { main as check } from "#package/commands/check.ts";
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
