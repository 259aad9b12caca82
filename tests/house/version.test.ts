import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";

const text = (file: string): string => readFileSync(file, "utf8");
const json = (file: string) =>
  JSON.parse(text(file)) as { version: string; packages?: Readonly<Record<string, { version: string }>> };

const { version } = json("package.json");
const headings = [...text("CHANGELOG.md").matchAll(/^## (.+)$/gm)].map(([, heading = ""]) => heading);

test("the page, the package and the lock file are of one version", () => {
  const lock = json("package-lock.json");
  expect(version).toMatch(/^\d+\.\d+\.\d+$/);
  expect([json("package/package.json").version, lock.version, lock.packages?.[""]?.version]).toEqual([
    version,
    version,
    version,
  ]);
});

test("CHANGELOG.md begins with what is not released, then this version with its day, then those before", () => {
  const [unreleased, newest = "", ...before] = headings;
  expect(unreleased).toBe("Unreleased");
  expect(newest).toMatch(new RegExp(String.raw`^${version.replaceAll(".", String.raw`\.`)} \(\d{4}-\d\d-\d\d\)$`));
  expect(before.filter((heading) => !/^\d+\.\d+\.\d+( \(\d{4}-\d\d-\d\d\))?$/.test(heading))).toEqual([]);
  expect(before.length).toBeGreaterThan(0);
});

test("every document that names the tarball names that of this version", () => {
  const documents = ["README.md", "package/README.md", ...readdirSync("docs").map((file) => `docs/${file}`)];
  const named = documents
    .filter((file) => file.endsWith(".md"))
    .flatMap((file) => [...text(file).matchAll(/headroom-(\d+\.\d+\.\d+)\.tgz/g)].map(([, of]) => `${file}: ${of}`));
  expect(named.length).toBeGreaterThan(3);
  expect(named.filter((each) => !each.endsWith(`: ${version}`))).toEqual([]);
});
