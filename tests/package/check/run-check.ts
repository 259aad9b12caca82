import { Readable } from "node:stream";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { main } from "#package/commands/check.ts";

/** What `check` printed, complained of, and ended with. */
export type Ran = Readonly<{ code: number; text: string; complaints: readonly string[] }>;

/**
 * Runs `check` on files that lie in a folder while it runs.
 *
 * @param files texts by name
 * @param args `train.yaml` stands for the path of the file of that name; a name that is not among the files stays as it is
 */
export const runCheck = async (files: Readonly<Record<string, string>>, ...args: readonly string[]): Promise<Ran> => {
  const folder = mkdtempSync(join(tmpdir(), "headroom-check-"));
  const printed: string[] = [];
  const complaints: string[] = [];
  try {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    const code = await main({
      args: args.map((each) => (Object.hasOwn(files, each) ? join(folder, each) : each)),
      input: () => Readable.from([]),
      print: (line) => printed.push(line),
      complain: (line) => complaints.push(line),
      program: "headroom",
    });
    return { code, text: printed.join("\n").replaceAll(`${folder}/`, ""), complaints };
  } finally {
    rmSync(folder, { recursive: true });
  }
};
