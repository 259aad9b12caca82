import { Readable } from "node:stream";
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { accuracyFiles, main } from "../../tools/terminal/accuracy-page.ts";
import { sourceUrl } from "../../tools/terminal/accuracy/source-url.ts";

test("what the page and docs/accuracy.md say of accuracy is what the engine predicts now: otherwise run npm run accuracy-page", () => {
  const files = accuracyFiles();
  expect(Object.keys(files)).toEqual([
    "src/catalog/accuracy.json",
    "src/catalog/near-edge.json",
    "docs/accuracy.md",
    "README.md",
  ]);
  for (const [path, text] of Object.entries(files)) expect(text === readFileSync(path, "utf8"), path).toBe(true);
});

test("it takes no arguments, and says so without writing", async () => {
  const said: string[] = [];
  const tell = (line: string): void => void said.push(line);
  const code = await main({ args: ["--out"], input: () => Readable.from([]), print: tell, complain: tell });
  expect(code).toBe(2);
  expect(said.join()).toContain('accuracy-page has no option "--out".');
});

test.each([
  ["owner/name@abc123 docs/table.md (a remark)", "https://github.com/owner/name/blob/abc123/docs/table.md"],
  [
    "owner/name@abc123 results/of_2026-09-22.jsonl",
    "https://github.com/owner/name/blob/abc123/results/of_2026-09-22.jsonl",
  ],
  ["owner/name README.md, section two", "https://github.com/owner/name/blob/HEAD/README.md"],
  ["owner/name PR #996", "https://github.com/owner/name/pull/996"],
  ["owner/name issue #12, a comment", "https://github.com/owner/name/issues/12"],
  ["owner/name@abc123 results/of/it", "https://github.com/owner/name"],
  ["docs.unsloth.ai/basics/benchmarks (stored page)", "https://docs.unsloth.ai/basics/benchmarks"],
])("the address of the source %s is %s", (source, url) => {
  expect(sourceUrl(source)).toBe(url);
});
