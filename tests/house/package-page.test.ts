import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { headroom } from "#package/program.ts";
import { runCommand } from "../package/commands/run-command.ts";

test("docs/package.md has every command of the program", async () => {
  const { printed } = await runCommand(headroom(""), ["--help"]);
  const names = [...printed.join("\n").matchAll(/^ {2}(\w+) /gm)].map(([, name = ""]) => name);
  expect(names.length).toBeGreaterThan(5);
  const page = readFileSync("docs/package.md", "utf8");
  expect(names.filter((name) => !page.includes(`\`headroom ${name}`))).toEqual([]);
});

test("README.md has each npm command once in its table", () => {
  const rows = [...readFileSync("README.md", "utf8").matchAll(/^\| `npm run (?:-s )?([\w-]+)/gm)].map(
    ([, name]) => name,
  );
  expect(rows).toHaveLength(new Set(rows).size);
  for (const name of ["estimate", "measure", "badge"]) expect(rows).toContain(name);
});
