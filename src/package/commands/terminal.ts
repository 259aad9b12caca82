// Terminal of a command, and files and standard input read with a size limit.

import { open, stat } from "node:fs/promises";
import { MAX_FILE_BYTES, FILE_TOO_LARGE, fileSizeProblem } from "#interop/import/file-size-limit.ts";
import { resolve, basename } from "node:path";
import type { GivenFile } from "#interop/import/source-fields.ts";

/** What a command sees of the terminal that it runs in; tests give it another one. */
export type Terminal = Readonly<{
  /** What stands after the command's name. */
  args: readonly string[];
  /** The program that the command is a part of; left out where npm runs it in a clone. */
  program?: "headroom";
  /** Of the program. */
  version?: string;
  /** From where relative paths are meant; left out: from where the process runs. */
  folder?: string;
  /** Standard input, which may have no end. */
  input: () => Input;
  /** A line of the result, to standard output. */
  print: (line: string) => void;
  /** A line for the person, to standard error. */
  complain: (line: string) => void;
}>;

/** A command: does its work, and gives the exit code. */
export type Command = (terminal: Terminal) => Promise<number>;

/** Standard input, and whatever else comes in parts. */
type Input = AsyncIterable<Uint8Array | string>;

type Collected = Readonly<{
  /** False where there are more bytes than are read; the part is left out then. */
  add: (part: Uint8Array | string) => boolean;
  text: () => string;
}>;

/** Parts that come one after another, as far as a file may be large. */
export const collected = (): Collected => {
  const parts: Buffer[] = [];
  let bytes = 0;
  return {
    add: (part) => {
      const read = Buffer.from(part);
      bytes += read.length;
      if (bytes > MAX_FILE_BYTES) return false;
      parts.push(read);
      return true;
    },
    text: () => Buffer.concat(parts).toString("utf8"),
  };
};

/** All text of an input, once it has ended; null where it has more bytes than are read: it may have no end, and is closed. */
const inputText = async (input: Input): Promise<string | null> => {
  const read = collected();
  for await (const part of input) if (!read.add(part)) return null;
  return read.text();
};

/**
 * The text of a file; null where it has more bytes than are read. The size of a device or a pipe says nothing.
 *
 * @throws Error of Node where it cannot be read
 */
const fileText = async (path: string): Promise<string | null> => {
  const file = await open(path);
  try {
    return await inputText(file.createReadStream({ autoClose: false }));
  } finally {
    await file.close();
  }
};

/** A path as its caller means it: from the caller's folder, where that is not where the process runs. */
export const callersPath = (path: string, { folder }: Pick<Terminal, "folder">): string =>
  folder === undefined || resolve(folder) === resolve(".") ? path : resolve(folder, path);

/** A program as its caller means it: a name alone is looked for where programs are. */
export const callersProgram = (program: string, terminal: Pick<Terminal, "folder">): string =>
  /[/\\]/.test(program) ? callersPath(program, terminal) : program;

/** All of standard input. An input that is too large is complained of, and null. */
export const givenInput = async ({ input, complain }: Terminal): Promise<string | null> => {
  const text = await inputText(input());
  if (text === null) complain(`Standard input is not read. ${FILE_TOO_LARGE}`);
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
    const why = fileSizeProblem((await stat(place)).size);
    const text = why === null ? await fileText(place) : null;
    if (text === null) terminal.complain(`${path} is not read. ${why ?? FILE_TOO_LARGE}`);
    return text === null ? null : { name: basename(path), text };
  } catch (error) {
    terminal.complain(`${path} cannot be read: ${error instanceof Error ? error.message : String(error)}.`);
    return null;
  }
};
