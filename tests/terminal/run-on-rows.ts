import { readFileSync } from "node:fs";
import { inFiles } from "./in-files.ts";
import type { Command } from "#package/commands/terminal.ts";

/** The lines of a golden file, without its provenance. */
export const goldenLines = (file: string): readonly string[] =>
  readFileSync(new URL(`../golden/${file}`, import.meta.url), "utf8")
    .split("\n")
    .filter((line) => line !== "" && !line.includes('"provenance"'));

type Ran = Readonly<{
  code: number;
  printed: readonly string[];
  complaints: readonly string[];
  last: string | undefined;
}>;

/** What a command prints of rows given to it as a file. */
export const runOnRows = async (main: Command, rows: readonly string[], args: readonly string[] = []): Promise<Ran> => {
  const [printed, complaints]: [string[], string[]] = [[], []];
  const code = await inFiles([rows.join("\n")], (paths) =>
    main({
      args: ["--data", ...paths, ...args],
      readInput: () => Promise.resolve(""),
      print: (line) => void printed.push(line),
      complain: (line) => void complaints.push(line),
    }),
  );
  return { code, printed, complaints, last: printed.at(-1) };
};
