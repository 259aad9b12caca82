import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { compareHashes, hashFiles, hashOfAll } from "../../tools/house/file-hashes.mjs";

const folder = mkdtempSync(join(tmpdir(), "headroom-hashes-"));
afterAll(() => rmSync(folder, { recursive: true }));
mkdirSync(join(folder, "assets"));
writeFileSync(join(folder, "index.html"), "abc");
writeFileSync(join(folder, "assets", "index.js"), "");

test("every file has its SHA-256, whatever folder it is in", async () => {
  expect([...(await hashFiles(folder))]).toEqual([
    // The standard's own examples: of nothing, and of "abc".
    ["assets/index.js", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"],
    ["index.html", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"],
  ]);
});

test("two builds differ by the files that have changed and by those that one has alone", () => {
  const one = new Map([
    ["same", "1"],
    ["changed", "2"],
    ["gone", "3"],
  ]);
  const other = new Map([
    ["same", "1"],
    ["changed", "4"],
    ["new", "5"],
  ]);
  expect(compareHashes(one, other)).toEqual(["changed", "gone", "new"]);
  expect(compareHashes(one, new Map(one))).toEqual([]);
});

test("the hash of all is that of the list that sha256sum prints", async () => {
  // sha256sum assets/index.js index.html | sha256sum
  const printed = "cfe164251b985f718bfc7f07c3efaed455707af638b69d758dde159a37a188e8";
  expect(hashOfAll(await hashFiles(folder))).toBe(printed);
});
