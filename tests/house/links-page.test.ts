import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { LINK_KEYS } from "#scenario/choices/encode-link.ts";

test("docs/links.md has every key of the link in its table", () => {
  const page = readFileSync(new URL("../../docs/links.md", import.meta.url), "utf8");
  const table = page.slice(page.indexOf("## Keys"), page.indexOf("## `b`"));
  const firstCells = table.split("\n").flatMap((line) => (line.startsWith("| `") ? [line.split("|")[1] ?? ""] : []));
  const named = firstCells.flatMap((cell) => [...cell.matchAll(/`(\w+)`/g)].map(([, key]) => key));
  expect(new Set(named)).toEqual(new Set(LINK_KEYS));
  expect(named).toHaveLength(LINK_KEYS.length);
});
