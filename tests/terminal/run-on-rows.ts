import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Command } from "../../tools/terminal/terminal.ts";

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
  const path = join(mkdtempSync(join(tmpdir(), "headroom-rows-")), "rows.jsonl");
  writeFileSync(path, rows.join("\n"));
  const [printed, complaints]: [string[], string[]] = [[], []];
  const code = await main({
    args: ["--data", path, ...args],
    readInput: () => Promise.resolve(""),
    print: (line) => void printed.push(line),
    complain: (line) => void complaints.push(line),
  });
  return { code, printed, complaints, last: printed.at(-1) };
};
