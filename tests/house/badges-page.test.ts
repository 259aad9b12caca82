import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

const PAGE = readFileSync("docs/badges.md", "utf8");

const examples = [...PAGE.matchAll(/```console\n\$ npm run -s badge -- (.+) '(\?[^']+)'\n([\s\S]*?)\n```/g)].map(
  ([, options = "", link = "", printed = ""]) => ({ options, link, printed }),
);

test("docs/badges.md has an example of each kind of line", () => {
  expect(examples.map(({ options }) => /^(?:--smallest )?--(?:markdown|table)/.exec(options)?.[0])).toEqual([
    "--markdown",
    "--smallest --markdown",
    "--table",
  ]);
});

const said = (...args: readonly string[]): string =>
  spawnSync(process.execPath, ["tools/terminal/run.mjs", "badge", ...args], { encoding: "utf8" }).stdout;

test("the badge that docs/badges.md shows is the first example's, as the terminal makes it", () => {
  const { link = "", printed = "" } = examples[0] ?? {};
  expect(readFileSync("docs/badge.svg", "utf8")).toBe(said(link));
  const [picture = "nothing"] = /!\[[^\]]+\]\(badge\.svg\)/.exec(printed) ?? [];
  expect(PAGE.split("\n")).toContain(picture);
});

test.each(examples)("docs/badges.md shows what the terminal says to $options", ({ options, link, printed }) => {
  expect(said(...options.split(" "), link)).toBe(`${printed}\n`);
});
