import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { budgetsOf, readBundleSizes } from "../../tools/house/bundle-sizes.mjs";

const dist = mkdtempSync(join(tmpdir(), "headroom-dist-"));

const FILES = {
  "index.html":
    '<script src="./boot.js"></script><script type="module" crossorigin src="./assets/main.js"></script>' +
    '<link rel="modulepreload" crossorigin href="./assets/react.js"><link rel="stylesheet" crossorigin href="./assets/main.css">',
  "boot.js": "0",
  "sw.js": "0",
  "embed.js": "0",
  "assets/main.js":
    'import{a}from"./react.js";import"./store.js";const later=()=>import("./charts-1.js");import("./Embed-1.js")',
  "assets/react.js": 'export*from"./scheduler.js"',
  "assets/scheduler.js": "export const s=0",
  "assets/store.js": "export{}",
  "assets/charts-1.js": 'import{a}from"./react.js";import"./recharts.js"',
  "assets/recharts.js": "export{}",
  "assets/engine-1.js": 'import"./store.js";import"./words.js"',
  "assets/words.js": "export{}",
  "assets/soon-1.js": 'import"./store.js";import"./words.js"',
  "assets/Embed-1.js": 'import"./words.js"',
  "assets/main.css": "p{}",
  "assets/late-1.css": "p{}",
};

beforeAll(() => {
  mkdirSync(join(dist, "assets"));
  for (const [file, content] of Object.entries(FILES)) writeFileSync(join(dist, file), content);
});
afterAll(() => rmSync(dist, { recursive: true }));

const names = (files: readonly Readonly<{ file: string }>[]): readonly string[] => files.map(({ file }) => file).sort();

test("the page waits for its scripts, its preloads and everything that they import statically", () => {
  expect(names(readBundleSizes(dist).first)).toEqual([
    "assets/main.js",
    "assets/react.js",
    "assets/scheduler.js",
    "assets/store.js",
    "boot.js",
  ]);
});

test("a module behind a call of import, and all that it needs besides the first script, comes later", () => {
  expect(names(readBundleSizes(dist).lazy)).toEqual([
    "assets/Embed-1.js",
    "assets/charts-1.js",
    "assets/recharts.js",
    "assets/soon-1.js",
    "assets/words.js",
  ]);
});

test("the engine is its script with all that it imports, embed and what comes soon wait for their own parts besides", () => {
  const { engine, embed, soon } = readBundleSizes(dist);
  expect(engine[0]?.file).toBe("assets/engine-1.js");
  expect(names(engine)).toEqual(["assets/engine-1.js", "assets/store.js", "assets/words.js"]);
  expect(names(soon)).toEqual(["assets/soon-1.js", "assets/words.js"]);
  expect(names(embed)).toEqual(["assets/Embed-1.js", "assets/words.js"]);
});

test("the embed's budget counts the page and its styles beside all scripts that it waits for", () => {
  const sizes = readBundleSizes(dist);
  const waitedFor = [sizes.html, sizes.styles, sizes.first, sizes.embed].flat();
  expect(budgetsOf(sizes).at(-1)?.bytes).toBe(waitedFor.reduce((total, { gzipBytes }) => total + gzipBytes, 0));
  expect(names(sizes.styles)).toEqual(["assets/main.css"]);
  expect(names(sizes.lateStyles)).toEqual(["assets/late-1.css"]);
});
