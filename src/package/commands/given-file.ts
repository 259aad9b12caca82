import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import type { GivenFile } from "#interop/import/source.ts";
import { callersPath } from "./callers-path.ts";
import type { Terminal } from "./terminal.ts";

/** A file's text. A path that cannot be read is complained of, and null. */
export const givenFile = async (path: string, terminal: Terminal): Promise<GivenFile | null> => {
  if (path === "-") return { name: "standard input", text: await terminal.readInput() };
  try {
    return { name: basename(path), text: await readFile(callersPath(path, terminal), "utf8") };
  } catch (error) {
    terminal.complain(`${path} cannot be read: ${error instanceof Error ? error.message : String(error)}.`);
    return null;
  }
};
