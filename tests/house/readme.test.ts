import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";

const EXAMPLE = /```console\n\$ npm run -s (estimate|advise) -- '([^']+)'\n([\s\S]*?)\n```/g;

const README = readFileSync("README.md", "utf8");

const examples = [...README.matchAll(EXAMPLE)].map(([, command = "", link = "", printed = ""]) => ({
  command,
  link,
  // What is left out stands as three dots.
  lines: printed.split("\n").filter((line) => line !== "..."),
}));

test("README.md says how many models and GPUs the catalogs have", () => {
  const { models, gpus } = FULL_CATALOG;
  const [counts] = /\d+ models and \d+ GPUs/.exec(README.replaceAll("\n", " ")) ?? [];
  expect(counts).toBe(`${Object.keys(models).length} models and ${Object.keys(gpus).length} GPUs`);
});

test("README.md has a worked example", () => {
  expect(examples.length).toBeGreaterThan(0);
});

test.each(examples)("README.md shows what the terminal says to $command $link", ({ command, link, lines }) => {
  const { stdout } = spawnSync(process.execPath, ["tools/terminal/run.mjs", command, link], { encoding: "utf8" });
  const said = stdout.split("\n");
  expect(lines.length).toBeGreaterThan(3);
  expect(lines.filter((line) => !said.includes(line))).toEqual([]);
});

const blocksOf = (text: string, language: string): readonly string[] =>
  [...text.matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\\n\`\`\``, "g"))].map(([, block = ""]) => block);

test("README.md has the program that the package's own page has, and what it prints, which a test runs from the tarball", () => {
  const page = readFileSync("package/README.md", "utf8");
  expect(blocksOf(README, "ts")).toEqual(blocksOf(page, "ts"));
  const [printed = "nothing"] = blocksOf(page, "text");
  expect(blocksOf(README, "text")).toContain(printed);
});

test("README.md checks in CI with the command and the actions that docs/package.md has, in ten lines", () => {
  const [lines = ""] = blocksOf(README, "yaml");
  const ofPackage = readFileSync("docs/package.md", "utf8");
  const named = [...lines.matchAll(/uses: (\S+)|(headroom check .*)$/gm)].map(
    ([, action, command]) => action ?? command,
  );
  expect(named).toHaveLength(3);
  expect(named.filter((each = "") => !ofPackage.includes(each))).toEqual([]);
  expect(lines.split("\n")).toHaveLength(10);
});
