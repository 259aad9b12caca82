import { asJson } from "#package/check/as-json.ts";
import { asJunit } from "#package/check/as-junit.ts";
import { asMarkdown } from "#package/check/as-markdown.ts";
import { asPlain } from "#package/check/as-plain.ts";
import { casesOf } from "#package/check/cases-of.ts";
import { checkScenario } from "#package/check/check-scenario.ts";
import type { Checked } from "#package/check/checked.ts";
import { exitCode } from "#package/check/exit-code.ts";
import { readGoesBefore } from "#package/check/goes-before.ts";
import type { Report } from "#package/check/report.ts";
import { CHECK_OPTIONS, type CheckArguments, checkArguments, type CheckFormat } from "./check-arguments.ts";
import { framed } from "./framed.ts";
import { givenFile } from "./given-file.ts";
import type { Command, Terminal } from "./terminal.ts";

const usage = (
  called: string,
): string => `Usage: ${called} FILE... [--gpu ID] [--gpus N] [--format plain|markdown|junit|json] [--page ADDRESS]
       [--allow-tight] [LINK]

Reads training files of other tools (as import does) and says whether what they describe fits a card. A run with the files that belong to it (a DeepSpeed
JSON, a config.json) is one scenario; several runs are checked one by one.

  -           reads a file from standard input
  --gpu       the card: h100-sxm, rtx-4090 ...; without it, or gpu= in LINK, an RTX 4090
  --gpus      how many of them
  --format    plain, for a log; markdown, for a comment on a pull request; junit, for CI; json, one object a line
  --page      the address of a calculator, for links that can be opened
  --allow-tight
              ends with 0 where it may not fit
  LINK        ?alloc=expandable&seq=4096, or an address with it: keys of a link, which go before what the files say

Ends with 0 when it fits, 1 when it does not fit, 2 when a file, an option or LINK cannot be read, 3 when it is not known, because a field that changes
memory is not modelled, 4 when it may not fit, because too little is left. Of several scenarios 2 goes before 1, 1 before 3, and 3 before 4.`;

const REPORTS: Readonly<Record<CheckFormat, Report>> = {
  plain: asPlain,
  markdown: asMarkdown,
  junit: asJunit,
  json: asJson,
};

/** A path under which there is no file, or none that may be read. */
const missingFile = (path: string): Checked => ({
  name: path,
  outcome: "not-readable",
  refusals: [{ file: path, line: null, sentence: "There is no file that can be read." }],
});

const run = async (asked: CheckArguments, terminal: Terminal): Promise<number | string> => {
  const before = readGoesBefore(asked.search, asked);
  if (typeof before === "string") return before;
  const files = await Promise.all(
    asked.files.map(async (path) => {
      const file = await givenFile(path, terminal);
      return file === null ? null : { ...file, path: path === "-" ? file.name : path };
    }),
  );
  const there = files.filter((file) => file !== null);
  const missing = asked.files.filter((_, index) => files[index] === null).map(missingFile);
  const checked = [...casesOf(there).map((each) => checkScenario(each, before)), ...missing];
  for (const line of REPORTS[asked.format](checked, asked)) terminal.print(line);
  return exitCode(
    checked.map(({ outcome }) => outcome),
    asked.allowTight,
  );
};

/** `check`: whether what training files describe fits a card. */
export const main: Command = framed<CheckArguments>({
  name: "check",
  usage,
  options: CHECK_OPTIONS,
  askedOf: checkArguments,
  run,
});
