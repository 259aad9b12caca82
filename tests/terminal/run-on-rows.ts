import { readFileSync } from "node:fs";
import { inFiles } from "./in-files.ts";
import { runCommand } from "../package/commands/run-command.ts";
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
  const ran = await inFiles([rows.join("\n")], (paths) => runCommand(main, ["--data", ...paths, ...args]));
  return { ...ran, last: ran.printed.at(-1) };
};
