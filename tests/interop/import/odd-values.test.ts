import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { readSource } from "#interop/import/formats/read-source.ts";
import { importFiles } from "#interop/import/import-files.ts";
import { isRefusal, type Plain } from "#interop/import/source.ts";
import { DEFAULT_CHOICES } from "#scenario/choices/defaults.ts";

const FOLDER = new URL("../../golden/imports/", import.meta.url);

const FILES = readFileSync(new URL("expected.jsonl", FOLDER), "utf8")
  .split("\n")
  .flatMap((line) => (line === "" ? [] : [(JSON.parse(line) as { file: string | string[] }).file].flat()));

/** Values that no tool would take where they stand. */
const ODD: readonly Plain[] = [
  null,
  true,
  false,
  -1,
  0,
  1e300,
  0.5,
  "",
  "constructor",
  "__proto__",
  "${constructor}",
  "\u0000\uD800",
  [],
  [[], [null], { a: [] }],
  ["q_proj", 7, null],
];

/** A flat file of fields by their paths, all with one value, as JSON, which YAML reads, too. */
const filled = (paths: readonly string[], value: Plain): string => {
  const root: Record<string, unknown> = {};
  for (const path of paths) {
    const names = path.split(".");
    let at = root;
    for (const name of names.slice(0, -1)) {
      const next = (at[name] ?? {}) as Record<string, unknown>;
      at[name] = next;
      at = next;
    }
    at[names.at(-1) ?? path] = value;
  }
  return JSON.stringify(root);
};

test.each([...new Set(FILES)])("%s with odd values in all its fields ends in a link or a sentence", (file) => {
  const source = readSource({ name: file, text: readFileSync(new URL(file, FOLDER), "utf8") });
  const paths = isRefusal(source) ? [] : [...source.fields.keys()];
  expect(paths.length).toBeGreaterThan(0);
  for (const value of ODD) {
    const imported = importFiles([{ name: file, text: filled(paths, value) }], {
      catalog: FULL_CATALOG,
      base: DEFAULT_CHOICES,
    });
    const lines = imported.kind === "refused" ? imported.refusals : Object.values(imported.lists).flat();
    expect(lines.length).toBeGreaterThan(0);
    expect(JSON.stringify(lines)).not.toMatch(/undefined|NaN|\[object|function/);
  }
});
