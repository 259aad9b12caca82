import { existsSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";

const PAGE = readFileSync("docs/security.md", "utf8");

/** A test as the page names it: its file, then its title. */
const NAMED = /`(tests\/[^`]+)` “([^”]+)”/g;

const namedIn = (text: string): readonly (readonly [file: string, title: string])[] =>
  [...text.matchAll(NAMED)].map(([, file = "", title = ""]) => [file, title]);

/** Whether a file has a test, a group of tests or a constant for one of exactly that title. */
const hasTitle = (file: string, title: string): boolean => {
  const written = title.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`);
  return new RegExp(String.raw`(?:\(|\bconst \w+ =)\s*(["'\`])${written}\1[,;]`).test(readFileSync(file, "utf8"));
};

const [, ...sections] = PAGE.split(/^## /m);
const rowsOf = (section: string): readonly string[] => section.split("\n").filter((line) => line.startsWith("|"));

test("docs/security.md is about a link, a file, the page around it, the host, the supply chain, and what is printed", () => {
  expect(sections.map((section) => section.split("\n")[0])).toEqual([
    "A link",
    "A file",
    "The page around it",
    "The host",
    "The supply chain",
    "Terminal, CI and assistants",
  ]);
});

describe.each(sections.map((section) => [section.split("\n")[0] ?? "", section] as const))("%s", (_, section) => {
  test("has promises, each with a test that holds it, and says what is not promised", () => {
    const [, , ...promises] = rowsOf(section);
    expect(promises.length).toBeGreaterThan(0);
    expect(promises.filter((row) => namedIn(row).length === 0)).toEqual([]);
    expect(section).toMatch(/^Not promised: /m);
  });

  test("names tests that are there, by their titles", () => {
    const dead = namedIn(section).filter(([file, title]) => !existsSync(file) || !hasTitle(file, title));
    expect(dead).toEqual([]);
    // None is written in a way that is passed over here.
    const tables = rowsOf(section).join("\n");
    expect(tables.match(/tests\//g)).toHaveLength(namedIn(tables).length);
  });
});

test("a title that no test has would be seen", () => {
  const [[file, title] = ["", ""]] = namedIn(PAGE);
  expect(hasTitle(file, title)).toBe(true);
  expect(hasTitle(file, title.slice(1))).toBe(false);
  expect(hasTitle(file, `${title} or so`)).toBe(false);
});

test("it and SECURITY.md are named where documents are listed, and name each other", () => {
  const readme = readFileSync("README.md", "utf8");
  for (const link of ["(docs/security.md)", "(SECURITY.md)"]) expect(readme).toContain(link);
  expect(readFileSync("SECURITY.md", "utf8")).toContain("(docs/security.md)");
  expect(PAGE).toContain("(../SECURITY.md)");
});
