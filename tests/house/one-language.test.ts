import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseSync } from "vite";
import { expect, test } from "vitest";

type Node = Readonly<{ type: string; [field: string]: unknown }>;

const isNode = (value: unknown): value is Node => typeof value === "object" && value !== null && "type" in value;

/** Functions that take the reader's own language where none is named: the place of the language among what they are given. */
const LANGUAGE_AT: Readonly<Record<string, number>> = { localeCompare: 1, toLocaleString: 0, toLocaleDateString: 0 };

/** The calls of a source that answer otherwise in another language. */
const callsOfNoLanguage = (file: string, source: string): readonly string[] => {
  if (!Object.keys(LANGUAGE_AT).some((name) => source.includes(name))) return [];
  const found: string[] = [];
  const walk = (node: Node): void => {
    const { callee } = node;
    const name = isNode(callee) && isNode(callee["property"]) ? String(callee["property"]["name"]) : "";
    const at = Object.hasOwn(LANGUAGE_AT, name) ? LANGUAGE_AT[name] : undefined;
    const given = node["arguments"];
    if (at !== undefined && Array.isArray(given) && given.length <= at) found.push(`${file}: ${name}`);
    for (const child of Object.values(node).flat().filter(isNode)) walk(child);
  };
  walk(parseSync(file, source).program as unknown as Node);
  return found;
};

const SOURCES = ["src", "tools"].flatMap((folder) =>
  readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => /\.(tsx?|mjs)$/.test(name) && !name.includes("node_modules"))
    .map((name) => join(folder, name)),
);

test("names and numbers stand in the same order and form whatever the reader's language is", () => {
  expect(SOURCES.flatMap((file) => callsOfNoLanguage(file, readFileSync(file, "utf8")))).toEqual([]);
});

test("what leaves the language to the reader is found", () => {
  const source =
    'a.localeCompare(b); a.localeCompare(b, "en"); n.toLocaleString(); n.toLocaleString("en"); f(toLocaleString);';
  expect(callsOfNoLanguage("planted.ts", source)).toEqual(["planted.ts: localeCompare", "planted.ts: toLocaleString"]);
});
