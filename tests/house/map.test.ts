import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { expect, test } from "vitest";

/** A file or a folder, as the map writes it: `calc/run/`, `estimate-json.ts`, `tools/build/space-folder.mjs`. */
const PATH = /`([\w./-]+\.(?:tsx?|mjs|css)|[\w/-]+\/)`/g;

/** Examples of an import, and a file of no sources. */
const NOT_OURS = new Set(["./file.ts", "embed.d.ts"]);

const namesUnder = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, encoding: "utf8" }).map((path) => path.replaceAll("\\", "/"));

test("src/README.md names files and folders that are there", () => {
  const files = [...namesUnder("src"), ...namesUnder("tools/build")];
  const names = new Set(files.map((path) => basename(path)));
  const isThere = (path: string): boolean =>
    ["src", "."].some((from) => existsSync(join(from, path))) ||
    names.has(path.replace(/\/$/, "")) ||
    files.some((file) => file.endsWith(`/${path.replace(/\/$/, "")}`));
  const named = [...readFileSync("src/README.md", "utf8").matchAll(PATH)].map(([, path = ""]) => path);
  expect(named.length).toBeGreaterThan(60);
  expect(named.filter((path) => !NOT_OURS.has(path) && !isThere(path))).toEqual([]);
});
