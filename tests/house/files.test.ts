import { readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join, normalize } from "node:path";
import { describe, expect, test } from "vitest";

const IGNORED = new Set([".git", ...readFileSync(".gitignore", "utf8").split("\n").filter(Boolean)]);

const walk = (folder: string): readonly string[] =>
  readdirSync(folder, { withFileTypes: true })
    .filter(({ name }) => !IGNORED.has(name))
    .flatMap((entry) => (entry.isDirectory() ? walk(join(folder, entry.name)) : [join(folder, entry.name)]))
    .map((file) => file.split("\\").join("/"));

const files = walk(".");
const text = (file: string): string => readFileSync(file, "utf8");
const sources = files.filter((file) => /^src\/.*\.tsx?$/.test(file));
const linesOf = (file: string): number => text(file).split("\n").length - 1;

const LOCK_FILES = ["package-lock.json", "tools/lighthouse/package-lock.json", "tools/docs/package-lock.json"];

test.each(LOCK_FILES)("%s names packages and hashes, no host to fetch them from", (file) => {
  const { packages } = JSON.parse(text(file)) as { packages: Record<string, Record<string, unknown>> };
  const locked = Object.entries(packages).filter(([folder]) => folder !== "");
  expect(locked.length).toBeGreaterThan(100);
  expect(locked.filter(([, { resolved }]) => resolved !== undefined)).toEqual([]);
  expect(locked.filter(([, { integrity }]) => integrity === undefined).map(([folder]) => folder)).toEqual([]);
});

test("no file names a package registry or a folder of somebody's machine", () => {
  const machinePath = new RegExp(String.raw`(?<![\w.~$}:/-])/(?:${["home", "root", "Users", "work"].join("|")})/\w`);
  const registry = new RegExp(String.raw`\bregistry\.\w+\.\w+|npm${"mirror"}|arti${"factory"}`);
  const named = files
    .filter((file) => /\.(?:[cm]?[jt]sx?|json|md|html|css|txt|py)$|(?:^|\/)\.\w+$|^\.ci\//.test(file))
    .filter((file) => machinePath.test(text(file)) || registry.test(text(file)));
  expect(named).toEqual([]);
});

describe("the rooms", () => {
  test("have no barrels", () => {
    expect(sources.filter((file) => /^index\.tsx?$/.test(basename(file)))).toEqual([]);
  });

  test("have folders that say what they are for, never what kind of thing is in them", () => {
    const kinds = new Set(["utils", "helpers", "hooks", "types", "components", "lib", "common", "shared", "misc"]);
    expect(
      sources.filter((file) =>
        dirname(file)
          .split("/")
          .some((folder) => kinds.has(folder)),
      ),
    ).toEqual([]);
  });

  test("have modules that hold a topic: none over 500 lines, the median over 100, catalog data excluded", () => {
    const counts = sources
      .filter((file) => !file.startsWith("src/catalog/"))
      .map((file) => ({ file, lines: linesOf(file) }))
      .sort((a, b) => a.lines - b.lines);
    expect(counts.filter(({ lines }) => lines > 500)).toEqual([]);
    expect(counts[Math.floor(counts.length / 2)]?.lines).toBeGreaterThan(100);
  });

  test("have modules that begin with one sentence about what they hold", () => {
    const silent = sources.filter((file) => {
      const [first = "", second = ""] = text(file).split("\n");
      return !/^\/\/ \S.{8,115}\.$/.test(first.startsWith("#!") ? second : first);
    });
    expect(silent).toEqual([]);
  });

  test("leave nothing for later: no unfinished marks, no switched-off rules, no tests that are skipped or alone", () => {
    const marks = new RegExp(["TO" + "DO", "FIX" + "ME", "@ts-" + "ignore", "(?:es|ox)lint-" + "disable"].join("|"));
    const code = files.filter((file) => /^(?:src|tests|tools)\/.*\.(?:[cm]?[jt]sx?|css)$/.test(file));
    expect(
      code.filter((file) => marks.test(text(file)) || /\b(?:test|it|describe)\.(?:only|skip)\(/.test(text(file))),
    ).toEqual([]);
  });
});

describe("the documents", () => {
  const documents = files.filter((file) => file.endsWith(".md"));

  /** As GitHub makes an anchor of a heading. */
  const anchorsOf = (file: string): readonly string[] =>
    [...text(file).matchAll(/^#{1,6} (.+)$/gm)].map(([, heading = ""]) =>
      heading
        .toLowerCase()
        .replace(/[^\p{L}\p{N} _-]/gu, "")
        .replaceAll(" ", "-"),
    );

  test("link only to files and headings that are there", () => {
    const broken = documents.flatMap((file) =>
      [...text(file).matchAll(/\]\((?!https?:|mailto:)([^)\s]*)\)/g)]
        .map(([, link = ""]) => link)
        .filter((link) => {
          const [path = "", anchor] = link.split("#");
          const target =
            path === ""
              ? file
              : normalize(join(dirname(file), path))
                  .split("\\")
                  .join("/");
          const isThere = files.some((other) => other === target || other.startsWith(target.replace(/\/?$/, "/")));
          return !isThere || (anchor !== undefined && !anchorsOf(target).includes(anchor));
        })
        .map((link) => `${file}: ${link}`),
    );
    expect(broken).toEqual([]);
  });

  test("name only npm commands that package.json has", () => {
    const { scripts } = JSON.parse(text("package.json")) as { scripts: Record<string, string> };
    const unknown = documents.flatMap((file) =>
      [...text(file).matchAll(/\bnpm run (?:-s )?([a-z][a-z:-]*)/g)]
        .map(([, name = ""]) => name)
        .filter((name) => !(name in scripts))
        .map((name) => `${file}: npm run ${name}`),
    );
    expect(unknown).toEqual([]);
  });

  test.each(files.filter((file) => /^docs\/adr\/\d{4}-/.test(file)))("%s is a decision on one page", (file) => {
    expect(linesOf(file)).toBeLessThanOrEqual(60);
    const headings = [...text(file).matchAll(/^## (.+)$/gm)].map(([, heading]) => heading);
    expect(headings).toEqual(["Status", "Context", "Decision", "Consequences", "Alternatives"]);
  });
});
