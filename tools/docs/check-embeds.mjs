import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT, runCommand } from "../house/run-command.mjs";
import { linksOf, liveEmbedsOf } from "./live-embed.mjs";

/** @typedef {Readonly<{ link: string, issues: readonly Readonly<{ message: string }>[] }>} Answer what is used of `estimate --json` */
/** @typedef {Readonly<{ source: string, link: string, wrong: readonly string[] }>} ReadEmbed */

/**
 * Asks the engine for each link that a live embed can show. What could not be taken as it stands is wrong with it.
 *
 * @param {readonly string[]} sources Markdown files, by their paths in the repository
 * @returns {Promise<readonly ReadEmbed[]>}
 */
export const checkEmbeds = async (sources) => {
  const asked = sources.flatMap((source) =>
    liveEmbedsOf(readFileSync(join(ROOT, source), "utf8")).flatMap((embed) =>
      linksOf(embed).map((link) => ({ source, link })),
    ),
  );
  if (asked.length === 0) return [];
  const program = join("tools", "terminal", "run.mjs");
  const { output } = await runCommand(process.execPath, [
    program,
    "estimate",
    "--json",
    ...asked.map(({ link }) => link),
  ]);
  /** @type {readonly Answer[]} */
  const answers = output
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line) => JSON.parse(line));
  if (answers.length !== asked.length)
    throw new Error(`The engine answered ${answers.length} of ${asked.length} links: ${output}`);
  return asked.map((one, at) => ({ ...one, wrong: answers[at]?.issues.map(({ message }) => message) ?? [] }));
};
