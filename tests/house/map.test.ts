import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { expect, test } from "vitest";

/** A file or a folder, as the map writes it: `calc/run/`, `estimate-json.ts`, `tests/house/arrows.test.ts`. */
const PATH = /`([\w./-]+\.(?:tsx?|mjs|css|js)|[\w/-]+\/)`/g;

/** The form of an import. */
const EXAMPLES = new Set(["./file.ts"]);

const inSources = readdirSync("src", { recursive: true, encoding: "utf8" }).map((path) => path.replaceAll("\\", "/"));

/** Folders that a line of the map may be about: the rooms and the layers of `calc` in its first cell. */
const roomsOf = (line: string): readonly string[] => {
  const [, cell = ""] = line.split("|");
  return ["", "calc", ...[...cell.matchAll(/`([\w/]+)`/g)].flatMap(([, room = ""]) => [room, join("calc", room)])];
};

const lines = readFileSync("src/README.md", "utf8").split("\n");

test("src/README.md names files and folders where they are", () => {
  const named = lines.flatMap((line) =>
    [...line.matchAll(PATH)].map(([, path = ""]) => ({ path, from: roomsOf(line), line })),
  );
  expect(named.length).toBeGreaterThan(60);
  const gone = named.filter(({ path, from, line }) => {
    if (EXAMPLES.has(path) || existsSync(path)) return false;
    if (from.some((room) => existsSync(join("src", room, path)))) return false;
    // A file inside a folder that the same line names.
    return (
      path.endsWith("/") ||
      !inSources.some((file) => basename(file) === path && line.includes(file.split("/").at(-2) ?? ""))
    );
  });
  expect(gone.map(({ path }) => path)).toEqual([]);
});
