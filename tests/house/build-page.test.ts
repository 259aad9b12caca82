import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { afterAll, beforeEach, expect, test } from "vitest";
import { compressFiles } from "../../tools/build/compress-files.mjs";
import { withoutEntry } from "../../tools/build/entry-tag.mjs";
import { withSmallHead } from "../../tools/build/small-head.mjs";
import { joinStyleSheets } from "../../tools/build/style-sheets.mjs";

const dist = mkdtempSync(join(tmpdir(), "headroom-build-"));
const read = (file: string): string => readFileSync(join(dist, file), "utf8");

beforeEach(() => {
  mkdirSync(join(dist, "assets"), { recursive: true });
  writeFileSync(join(dist, "assets/index-1.css"), ".first{color:red}\n");
  writeFileSync(join(dist, "assets/Worn-1.css"), ".worn{margin:.5px}");
  writeFileSync(join(dist, "assets/Later-1.css"), ".later{color:blue}");
  writeFileSync(join(dist, "assets/Embed-1.css"), ".embed{color:green}");
});
afterAll(() => rmSync(dist, { recursive: true }));

const HTML = '<link rel="stylesheet" href="./assets/index-1.css"><div></div>';

test("the first sheet holds what the static page, the first script and the embed wear, the late one the rest", async () => {
  const { html, first, late } = await joinStyleSheets(dist, HTML, '<p class="other worn">.5px</p>');
  expect(read(first)).toBe(".first{color:red}.embed{color:green}.worn{margin:.5px}");
  expect(read(late)).toBe(".later{color:blue}");
  expect(html).toBe(`<link rel="stylesheet" href="./${first}"><div></div>`);
  expect(existsSync(join(dist, "assets/index-1.css"))).toBe(false);
});

test("a sheet's name changes with what it holds, and only then", async () => {
  const before = await joinStyleSheets(dist, HTML, "");
  rmSync(join(dist, "assets"), { recursive: true });
  mkdirSync(join(dist, "assets"));
  writeFileSync(join(dist, "assets/index-1.css"), ".first{color:red}");
  writeFileSync(join(dist, "assets/Embed-1.css"), ".embed{color:green}");
  writeFileSync(join(dist, "assets/Later-1.css"), ".later{color:black}");
  writeFileSync(join(dist, "assets/Worn-1.css"), ".worn{margin:.5px}");
  const after = await joinStyleSheets(dist, HTML, "");
  expect(after.first).toBe(before.first);
  expect(after.late).not.toBe(before.late);
});

test("a page without a style sheet or a first script is not built", async () => {
  await expect(joinStyleSheets(dist, "<div></div>", "")).rejects.toThrow("links no style sheet");
  expect(() => withoutEntry("<div></div>")).toThrow("names no first script");
});

test("the first script and what it imports are fetched by the page, and run by boot.js", () => {
  const page =
    '<a></a><script type="module" crossorigin src="./assets/index-1.js"></script>' +
    '<link rel="modulepreload" crossorigin href="./assets/shared-1.js">';
  expect(withoutEntry(page)).toEqual({
    html:
      '<a></a><link rel="modulepreload" crossorigin fetchpriority="low" href="./assets/index-1.js">' +
      '<link rel="modulepreload" crossorigin fetchpriority="low" href="./assets/shared-1.js">',
    entry: "./assets/index-1.js",
  });
});

test("the head says the same in fewer bytes, and what is drawn stays as it is", () => {
  const head = `<head>\n    <meta\n      name="a"\n      content="&#39;none&#39;; b"\n    />\n    <title>One two</title>\n  `;
  const body = "</head><body>\n  <pre> &#39; </pre>\n</body>";
  expect(withSmallHead(head + body)).toBe(`<head><meta name="a" content="'none'; b"><title>One two</title>${body}`);
  expect(() => withSmallHead("<body></body>")).toThrow("has no head");
});

test("texts have a smaller copy as gzip and as Brotli beside them, pictures and what is short have none", async () => {
  const script = "let a = 1;\n".repeat(200);
  writeFileSync(join(dist, "assets/index-1.js"), script);
  writeFileSync(join(dist, "assets/short-1.js"), "let b;");
  writeFileSync(join(dist, "preview.png"), Buffer.alloc(4096));
  const { files, bytes, gzipBytes, brotliBytes } = await compressFiles(dist);
  expect({ files, bytes }).toEqual({ files: 1, bytes: script.length });
  expect(gunzipSync(readFileSync(join(dist, "assets/index-1.js.gz"))).toString()).toBe(script);
  expect(brotliDecompressSync(readFileSync(join(dist, "assets/index-1.js.br"))).toString()).toBe(script);
  expect(Math.max(gzipBytes, brotliBytes)).toBeLessThan(bytes);
  expect(existsSync(join(dist, "preview.png.gz"))).toBe(false);
});
