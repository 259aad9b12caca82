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
  "assets/main.js": 'import{a}from"./react.js";import"./store.js";const later=()=>import("./charts.js");',
  "assets/react.js": 'export*from"./scheduler.js"',
  "assets/scheduler.js": "export const s=0",
  "assets/store.js": "export{}",
  "assets/charts.js": 'import{a}from"./react.js";import"./recharts.js"',
  "assets/recharts.js": "export{}",
  "assets/main.css": "p{}",
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

test("a module behind a call of import, and what only it needs, comes later", () => {
  expect(names(readBundleSizes(dist).lazy)).toEqual(["assets/charts.js", "assets/recharts.js"]);
});

test("the embed's budget counts the page and its styles beside the scripts", () => {
  const sizes = readBundleSizes(dist);
  const [first, , , embed] = budgetsOf(sizes, 0);
  const [html] = sizes.html;
  const [style] = sizes.styles;
  expect(embed?.bytes).toBe((first?.bytes ?? 0) + (html?.gzipBytes ?? 0) + (style?.gzipBytes ?? 0));
  expect(style?.file).toBe("assets/main.css");
});
