import { readFile } from "node:fs/promises";
import { basename, resolve } from "node:path";
import type { GivenFile } from "#interop/import/source.ts";
import type { Terminal } from "./terminal.ts";

/** A file's text. A path that cannot be read is complained of, and null. */
export const givenFile = async (
  path: string,
  { readInput, complain, folder = "." }: Terminal,
): Promise<GivenFile | null> => {
  if (path === "-") return { name: "standard input", text: await readInput() };
  try {
    return { name: basename(path), text: await readFile(resolve(folder, path), "utf8") };
  } catch (error) {
    complain(`${path} cannot be read: ${error instanceof Error ? error.message : String(error)}.`);
    return null;
  }
};
