import { readFile, stat } from "node:fs/promises";
import { basename } from "node:path";
import { tooLarge } from "#interop/import/most-bytes.ts";
import type { GivenFile } from "#interop/import/source.ts";
import { callersPath } from "./callers-path.ts";
import type { Terminal } from "./terminal.ts";

/** A file's text. A path that cannot be read, or is of a file that is too large, is complained of, and null. */
export const givenFile = async (path: string, terminal: Terminal): Promise<GivenFile | null> => {
  if (path === "-") return { name: "standard input", text: await terminal.readInput() };
  const place = callersPath(path, terminal);
  try {
    const why = tooLarge((await stat(place)).size);
    if (why !== null) {
      terminal.complain(`${path} is not read. ${why}`);
      return null;
    }
    return { name: basename(path), text: await readFile(place, "utf8") };
  } catch (error) {
    terminal.complain(`${path} cannot be read: ${error instanceof Error ? error.message : String(error)}.`);
    return null;
  }
};
