import { Readable } from "node:stream";
import type { Command } from "#package/commands/terminal.ts";

type Ran = Readonly<{ code: number; printed: readonly string[]; complaints: readonly string[] }>;

/** The lines that a command prints, those that it complains with, and the code that it ends with. */
export const runCommand = async (
  command: Command,
  args: readonly string[],
  input: string | Iterable<string> = "",
): Promise<Ran> => {
  const printed: string[] = [];
  const complaints: string[] = [];
  const code = await command({
    args,
    input: () => Readable.from(typeof input === "string" ? [input] : input),
    print: (line) => void printed.push(line),
    complain: (line) => void complaints.push(line),
  });
  return { code, printed, complaints };
};
