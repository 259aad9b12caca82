import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { readSource } from "#interop/import/formats/text-source.ts";
import { importFiles } from "#interop/import/import-files.ts";
import { isRefusal, type PlainValue, type Source, wordOf } from "#interop/import/source-fields.ts";
import { DEFAULT_CHOICES } from "#scenario/keys/choices.ts";

const FOLDERS = ["imports", "imports-text"].map((name) => new URL(`../../golden/${name}/`, import.meta.url));

const FILES = FOLDERS.flatMap((folder) =>
  readFileSync(new URL("expected.jsonl", folder), "utf8")
    .split("\n")
    .flatMap((line) => (line === "" ? [] : [(JSON.parse(line) as { file: string | string[] }).file].flat()))
    .map((file) => new URL(file, folder).pathname),
);

/** Names that every object has, as names of fields. */
const OF_OBJECTS = ["constructor", "__proto__", "toString", "hasOwnProperty"];

/** Values that no tool would take where they stand. */
const ODD: readonly PlainValue[] = [
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

/** Fields by their paths, all with one value, as JSON, which YAML reads, too. */
const asJson = (paths: readonly string[], value: PlainValue): string => {
  const empty = (): Record<string, unknown> => Object.create(null) as Record<string, unknown>;
  const root = empty();
  for (const path of paths) {
    const names = path.split(".");
    let at = root;
    for (const name of names.slice(0, -1)) {
      const next = (at[name] ?? empty()) as Record<string, unknown>;
      at[name] = next;
      at = next;
    }
    at[names.at(-1) ?? path] = value;
  }
  return JSON.stringify(root);
};

/** A command with all its flags set to one value. */
const asCommand = (command: string, paths: readonly string[], value: PlainValue): string => {
  const word = (typeof value === "string" ? value : JSON.stringify(value)).replaceAll(/['\0]/g, "");
  return [command, ...paths.map((path) => `--${path} '${word}'`)].join(" ");
};

/** Calls with all their arguments set to one value. */
const asPython = (paths: readonly string[], value: PlainValue): string =>
  [
    "from unsloth import x",
    ...paths.flatMap((path) => {
      const at = path.lastIndexOf(".");
      return at === -1 ? [] : [`${path.slice(0, at)}(${path.slice(at + 1)} = ${JSON.stringify(value)})`];
    }),
  ].join("\n");

/** The same fields with one value in all of them, in the format of the file. */
const filled = ({ format, fields }: Source, value: PlainValue): string => {
  const paths = [...fields.keys(), ...OF_OBJECTS];
  if (format === "python") return asPython(paths, value);
  if (format !== "command") return asJson(paths, value);
  return asCommand(
    wordOf(fields.get("command")?.value ?? ""),
    paths.filter((path) => path !== "command"),
    value,
  );
};

test.each([...new Set(FILES)])("%s with odd values in all its fields ends in a link or a sentence", (file) => {
  const source = readSource({ name: file, text: readFileSync(file, "utf8") });
  if (isRefusal(source)) {
    expect(source.reason).toBe("not-known");
    return;
  }
  for (const value of ODD) {
    const imported = importFiles([{ name: file, text: filled(source, value) }], {
      catalog: FULL_CATALOG,
      base: DEFAULT_CHOICES,
    });
    const lines = imported.kind === "refused" ? imported.refusals : Object.values(imported.lists).flat();
    expect(lines.length).toBeGreaterThan(0);
    expect(JSON.stringify(lines)).not.toMatch(/undefined|NaN|\[object|function [A-Z(]/);
  }
});
