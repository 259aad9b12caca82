import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { fuzzedFiles } from "../../tools/house/fuzzed-files.mjs";
import { FUZZ_KINDS, fuzzKindOf } from "../../tools/report/fuzz-kinds.mjs";
import { headlinesOf, pageOf } from "../../tools/report/page.mjs";
import { SECTIONS } from "../../tools/report/sections.mjs";
import { table } from "../../tools/report/table.mjs";
import { DATA } from "./quality-facts.ts";

const { scripts, version } = JSON.parse(readFileSync("package.json", "utf8")) as {
  scripts: Readonly<Record<string, string>>;
  version: string;
};

const OF = { commit: "0123456789", hasChanges: false, date: "2026-01-03" };

const partOf = (name: string) => {
  const section = SECTIONS.find((each) => each.name === name);
  if (section === undefined) throw new Error(`There is no part ${name}.`);
  return { section, facts: { ...OF, seconds: 61, data: DATA[name] } };
};

const pageOfFacts = pageOf({ ...OF, version: "1.2.3", parts: SECTIONS.map(({ name }) => partOf(name)) });

describe("docs/quality.md", () => {
  const page = readFileSync("docs/quality.md", "utf8");
  const titlesOf = (text: string): readonly string[] =>
    [...text.matchAll(/^## (.*)$/gm)].map(([, title = ""]) => title);

  test("is of this version, and has all parts", () => {
    expect(page).toContain(`\nHeadroom ${version}, commit \`${/commit `([0-9a-f]{10})`/.exec(page)?.[1] ?? "none"}\``);
    expect(titlesOf(page)).toEqual(SECTIONS.map(({ title }) => title));
  });

  test("has no part that could not be measured", () => {
    expect(page).not.toContain("could not be measured");
  });

  test("has the headlines that each part's facts make, as many as there are", () => {
    const rows = (text: string): readonly string[] =>
      (/\n\n(\| what [^]*?)\n\n/.exec(text)?.[1] ?? "").split("\n").slice(2);
    expect(rows(pageOfFacts)).toHaveLength(SECTIONS.flatMap(({ name }) => headlinesOf(partOf(name))).length);
    expect(rows(page).length).toBeGreaterThanOrEqual(SECTIONS.length);
  });

  test("names scripts that there are", () => {
    const named = [...page.matchAll(/`npm (?:run (?:-s )?)?([\w-]+)/g)].map(([, name = ""]) => name);
    expect(named).toContain("accuracy");
    expect(named.filter((name) => !Object.hasOwn(scripts, name))).toEqual([]);
  });
});

test("the page of given facts is this, which is formatted as every file here", () => {
  // Its links lead to other documents from where the page stands.
  const fromHere = pageOfFacts.replaceAll(/\]\((?=[\w-]+\.md\))/g, "](../../docs/");
  expect(fromHere).toBe(readFileSync("tests/house/quality-of-given-facts.md", "utf8"));
});

test("a goal that is missed, and a part that could not be measured, count as failed", () => {
  const missed = SECTIONS.flatMap(({ name }) => headlinesOf(partOf(name))).filter(({ isMet }) => isMet === false);
  expect(missed.map(({ what }) => what)).toEqual([
    "Real-browser tests that pass",
    "Properties that hold",
    "Lighthouse, the page: performance / seo",
    "Bytes: embed before interaction",
  ]);
  const { section: answers } = partOf("answers");
  expect(answers.headlines({ lines: [], browserTests: null })).toMatchObject([{ isMet: false }]);
  const [section] = SECTIONS;
  if (section === undefined) throw new Error("There is no part.");
  expect(headlinesOf({ section, facts: null })).toMatchObject([{ isMet: false, figure: "could not be measured" }]);
  expect(pageOf({ ...OF, version, parts: [{ section, facts: null }] })).toContain("This part could not be measured.");
});

test("what is drawn less often than its goal is missed", () => {
  const { section } = partOf("fuzz");
  const few = FUZZ_KINDS.map(({ files: [file = ""] }) => ({ file, title: "a law", draws: 999, holds: true }));
  const missed = section.headlines({ properties: few }).filter(({ isMet }) => isMet === false);
  expect(missed.map(({ what }) => what)).toEqual(
    FUZZ_KINDS.flatMap(({ kind, goal }) => (goal === undefined ? [] : [`Cases of ${kind}`])),
  );
});

test("--help names all parts", () => {
  const { stdout } = spawnSync(process.execPath, ["tools/report/run.mjs", "--help"], { encoding: "utf8" });
  const [, listed = ""] = /were measured last:\n\s+(.*)\n/.exec(stdout) ?? [];
  expect(listed.split(", ").toSorted()).toEqual(SECTIONS.map(({ name }) => name).toSorted());
});

describe("kinds of what is drawn", async () => {
  const files = await fuzzedFiles();

  test("are of all files with properties, those that share them with others, too", () => {
    const withOwn = readdirSync("tests", { recursive: true, encoding: "utf8" })
      .map((file) => `tests/${file.replaceAll("\\", "/")}`)
      .filter((file) => /\.test\.tsx?$/.test(file) && /^import .*\/tried\.ts";$/m.test(readFileSync(file, "utf8")));
    expect(withOwn.length).toBeGreaterThan(30);
    expect(withOwn.filter((file) => !files.includes(file))).toEqual([]);
    expect(files).toContain("tests/interop/export/round-trip-trl.test.ts");
    // A sweep, which `npm run fuzz` runs over all rows.
    expect(files).toContain("tests/scenario/every-library.test.ts");
  });

  test("each file with properties is of one", () => {
    expect(files.filter((file) => fuzzKindOf(file) === null)).toEqual([]);
  });

  test("each has a file with properties", () => {
    const found = new Set(files.map(fuzzKindOf));
    expect(FUZZ_KINDS.map(({ kind }) => kind).filter((kind) => !found.has(kind))).toEqual([]);
  });
});

test("a table is as wide as its widest cells, figures on the right", () => {
  expect(table(["what", ">n"], [["a | b", "1,000"]]).split("\n")).toEqual([
    "| what   |     n |",
    "| ------ | ----: |",
    String.raw`| a \| b | 1,000 |`,
  ]);
});
