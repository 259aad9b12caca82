import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { revisionFolder } from "../../tools/house/revision-folder.mjs";

const git = (...args: readonly string[]): string => execFileSync("git", args, { encoding: "utf8" });

test("the folder of a revision holds its files as they were committed, and the checkout stays as it is", () => {
  const before = git("status", "--porcelain");
  const found = revisionFolder("HEAD");
  expect(found?.commit).toBe(git("rev-parse", "HEAD").trim());
  const file = join(found?.folder ?? "", "tools", "house", "run-command.mjs");
  expect(readFileSync(file, "utf8")).toBe(git("show", "HEAD:tools/house/run-command.mjs"));
  expect(git("status", "--porcelain")).toBe(before);
});

test("a name that git does not know has no folder", () => {
  expect(revisionFolder("no-such-revision")).toBeNull();
  expect(revisionFolder("--all")).toBeNull();
});
