// Command `check`: whether training files describe a run that fits a GPU.

import { splitLinks } from "#package/given-scenario.ts";
import { type Arguments, runCommand } from "./command.ts";
import { asJson, asJunit, asPlain, exitCode, asMarkdown, type Report } from "#package/check-reports.ts";
import { checkCases, checkScenario, type Checked } from "#package/check-cases.ts";
import { readOverrides } from "#package/import-overrides.ts";
import { givenFile, type Command, type Terminal } from "./terminal.ts";

/** The ways in which a check can be written. */
const CHECK_FORMATS = ["plain", "markdown", "junit", "json"] as const;
type CheckFormat = (typeof CHECK_FORMATS)[number];

/** What `check` was asked for. */
type CheckArguments = Readonly<{
  files: readonly string[];
  /** From its `?` on; empty where there is none. */
  search: string;
  gpu: string | null;
  gpus: string | null;
  format: CheckFormat;
  page: string | null;
  /** True if a run that may not fit passes. */
  allowTight: boolean;
}>;

/** What `check` can be told beside files and a link. */
const CHECK_OPTIONS = {
  "--gpu": "value",
  "--gpus": "value",
  "--format": "value",
  "--page": "value",
  "--allow-tight": "flag",
} as const;

const isFormat = (name: string): name is CheckFormat => (CHECK_FORMATS as readonly string[]).includes(name);

/** An address without what links put after it. */
const pageOf = (page: string | undefined): string | null => page?.replace(/[?#].*$/, "") ?? null;

const searchOf = (link = ""): string => link.slice(link.indexOf("?")).replace(/#.*$/, "");

/**
 * What the arguments of `check` ask for.
 *
 * @returns or what is wrong with them, as a sentence
 */
const checkArguments = ({ flags, values, rest }: Arguments): CheckArguments | string => {
  const { links, files } = splitLinks(rest);
  const format = values.get("--format") ?? "plain";
  if (!isFormat(format)) return `There is no format ${JSON.stringify(format)}: ${CHECK_FORMATS.join(", ")} are there.`;
  if (links.length > 1) return "check takes one link.";
  if (files.length === 0) return "There is no file.";
  return {
    files,
    search: searchOf(links[0]),
    gpu: values.get("--gpu") ?? null,
    gpus: values.get("--gpus") ?? null,
    format,
    page: pageOf(values.get("--page")),
    allowTight: flags.has("--allow-tight"),
  };
};

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
  const before = readOverrides(asked.search, asked);
  if (typeof before === "string") return before;
  const files = await Promise.all(
    asked.files.map(async (path) => {
      const file = await givenFile(path, terminal);
      return file === null ? null : { ...file, path: path === "-" ? file.name : path };
    }),
  );
  const there = files.filter((file) => file !== null);
  const missing = asked.files.filter((_, index) => files[index] === null).map(missingFile);
  const checked = [...checkCases(there).map((each) => checkScenario(each, before)), ...missing];
  for (const line of REPORTS[asked.format](checked, asked)) terminal.print(line);
  return exitCode(
    checked.map(({ outcome }) => outcome),
    asked.allowTight,
  );
};

/** `check`: whether what training files describe fits a card. */
export const main: Command = runCommand<CheckArguments>({
  name: "check",
  usage,
  options: CHECK_OPTIONS,
  askedOf: checkArguments,
  run,
});
