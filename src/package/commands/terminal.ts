import { open } from "node:fs/promises";
import { MOST_BYTES } from "#interop/import/most-bytes.ts";

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
      if (bytes > MOST_BYTES) return false;
      parts.push(read);
      return true;
    },
    text: () => Buffer.concat(parts).toString("utf8"),
  };
};

/** All text of an input, once it has ended; null where it has more bytes than are read: it may have no end, and is closed. */
export const inputText = async (input: Input): Promise<string | null> => {
  const read = collected();
  for await (const part of input) if (!read.add(part)) return null;
  return read.text();
};

/**
 * The text of a file; null where it has more bytes than are read. The size of a device or a pipe says nothing.
 *
 * @throws Error of Node where it cannot be read
 */
export const fileText = async (path: string): Promise<string | null> => {
  const file = await open(path);
  try {
    return await inputText(file.createReadStream({ autoClose: false }));
  } finally {
    await file.close();
  }
};
