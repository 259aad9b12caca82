import { resolve, basename } from "node:path";
import { type Terminal, fileText, inputText } from "./terminal.ts";
import { stat } from "node:fs/promises";
import { LARGER, tooLarge } from "#interop/import/most-bytes.ts";
import type { GivenFile } from "#interop/import/read-fields.ts";

/** A path as its caller means it: from the caller's folder, where that is not where the process runs. */
export const callersPath = (path: string, { folder }: Pick<Terminal, "folder">): string =>
  folder === undefined || resolve(folder) === resolve(".") ? path : resolve(folder, path);

/** A program as its caller means it: a name alone is looked for where programs are. */
export const callersProgram = (program: string, terminal: Pick<Terminal, "folder">): string =>
  /[/\\]/.test(program) ? callersPath(program, terminal) : program;

/** All of standard input. An input that is too large is complained of, and null. */
export const givenInput = async ({ input, complain }: Terminal): Promise<string | null> => {
  const text = await inputText(input());
  if (text === null) complain(`Standard input is not read. ${LARGER}`);
  return text;
};

/** A file's text. A path that cannot be read, or is of a file that is too large, is complained of, and null. */
export const givenFile = async (path: string, terminal: Terminal): Promise<GivenFile | null> => {
  if (path === "-") {
    const text = await givenInput(terminal);
    return text === null ? null : { name: "standard input", text };
  }
  const place = callersPath(path, terminal);
  try {
    const why = tooLarge((await stat(place)).size);
    const text = why === null ? await fileText(place) : null;
    if (text === null) terminal.complain(`${path} is not read. ${why ?? LARGER}`);
    return text === null ? null : { name: basename(path), text };
  } catch (error) {
    terminal.complain(`${path} cannot be read: ${error instanceof Error ? error.message : String(error)}.`);
    return null;
  }
};
