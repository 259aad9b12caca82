// Command `badge`: an SVG or Markdown badge, or a model card table for a link.

import { oneLink, notKnownJson, notKnownLines, readLink } from "#package/given-scenario.ts";
import { type Arguments, runCommand, UNREADABLE } from "./command.ts";
import { runToEnd } from "#advice/trial.ts";
import { smallestRuns } from "#advice/smallest-gpu.ts";
import { METHODS } from "#calc/model/scenario.ts";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { type Badge, badgeOf, badgeMarkdown, badgeSvg } from "#interop/badge.ts";
import { modelCardTable } from "#interop/model-card-table.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import { toAnswer } from "#scenario/choices/to-answer.ts";
import type { Command, Terminal } from "./terminal.ts";

/** What can be printed of a badge. */
const BADGE_FORMS = ["svg", "markdown", "table"] as const;
type BadgeForm = (typeof BADGE_FORMS)[number];

/** What `badge` was asked for. */
type BadgeArguments = Readonly<{
  form: BadgeForm;
  smallest: boolean;
  /** The address of a calculator, before the `?`; null: none was given. */
  page: string | null;
  /** From its `?` on. */
  search: string;
}>;

/** What `badge` can be asked for beside a link. */
const BADGE_OPTIONS = {
  "--markdown": "flag",
  "--table": "flag",
  "--smallest": "flag",
  "--page": "value",
} as const;

const ADDRESS = /^https?:\/\//i;

/** The address of a page without what belongs to one scenario. */
const pageOf = (address: string): string => address.trim().replace(/[?#].*$/s, "");

const formOf = (flags: Arguments["flags"]): BadgeForm => {
  if (flags.has("--table")) return "table";
  return flags.has("--markdown") ? "markdown" : "svg";
};

/** What is wrong with options; null where they can be followed. */
const wrongWith = ({ flags, values }: Arguments): string | null => {
  const page = values.get("--page");
  if (flags.has("--table") && flags.size > 1)
    return `--table goes with no ${[...flags].find((flag) => flag !== "--table") ?? ""}.`;
  if (page !== undefined && !ADDRESS.test(page)) return "--page needs an address that begins with https:// or http://.";
  return null;
};

/**
 * What the arguments of `badge` ask for. A link that is a whole address says itself which page it is of.
 *
 * @returns or what is wrong with them, as a sentence
 */
const badgeArguments = (given: Arguments): BadgeArguments | string => {
  const wrong = wrongWith(given);
  if (wrong !== null) return wrong;
  const { flags, values, rest } = given;
  const one = oneLink(rest, { command: "badge" });
  if (typeof one === "string") return one;
  const { link, search } = one;
  const address = values.get("--page") ?? (ADDRESS.test(link) ? link : null);
  return {
    form: formOf(flags),
    smallest: flags.has("--smallest"),
    page: address === null ? null : pageOf(address),
    search,
  };
};

const usage = (called: string): string => `Usage: ${called} [--smallest] [--markdown] [--page ADDRESS] LINK
       ${called} --table [--page ADDRESS] LINK

Prints a badge of a link as SVG: what its method in focus needs on the card, and whether it fits ("QLoRA of Llama 3.1 8B: 9.2 GiB, fits RTX 4070 Ti").

  LINK        ?v=1&model=llama-3.1-8b&method=qlora&gpu=rtx-4070-ti, or the whole address; quote it, because of the &
  --smallest  of the smallest card that holds it, in the place of the link's own: the figure is that of the run there
  --markdown  prints the line that shows badge.svg in a README or a model card
  --table     prints a table for a model card: each method, what it needs on the smallest card that holds it, and the link
  --page      the address of a calculator, for links that can be opened; a LINK that is a whole address has it

Ends with 0, 1 where no number of any card is enough for --smallest, 2 where an option or LINK cannot be read, or LINK
names something that is not known: the badge is gray then and says so.`;

const NOT_ENOUGH = 1;

/** The method in focus alone is counted. */
const badgeFor = (choices: Choices, { smallest }: BadgeArguments): Badge | null => {
  if (!smallest) {
    const answer = toAnswer({ ...choices, show: [choices.method] }, FULL_CATALOG);
    return badgeOf({ ...answer, choices }, "chosen");
  }
  const [run] = runToEnd(smallestRuns({ choices, methods: [choices.method] }, FULL_CATALOG));
  return run?.answer ? badgeOf(run.answer, "smallest") : null;
};

const tableFor = (choices: Choices, { page }: BadgeArguments): string => {
  const scenario = toAnswer({ ...choices, show: [choices.method] }, FULL_CATALOG);
  const rows = runToEnd(smallestRuns({ choices, methods: METHODS }, FULL_CATALOG));
  return modelCardTable(rows, { scenario, page });
};

/** @returns null where no number of any card is enough */
const textFor = (choices: Choices, asked: BadgeArguments): string | null => {
  if (asked.form === "table") return tableFor(choices, asked);
  const badge = badgeFor(choices, asked);
  if (badge === null) return null;
  return asked.form === "markdown" ? badgeMarkdown(badge, asked.page) : badgeSvg(badge);
};

/** A gray badge says that the scenario is not known; a table has nothing to say. */
const notKnownBadge = (choices: Choices, asked: BadgeArguments): string | null =>
  asked.form === "table" ? null : textFor(choices, { ...asked, smallest: false });

const run = (asked: BadgeArguments, { print, complain }: Terminal): number => {
  const { value, issues } = readLink(asked.search);
  for (const { message } of issues) complain(message);
  const unknown = notKnownLines(notKnownJson(value));
  if (unknown.length > 0) {
    for (const line of unknown) complain(line);
    const gray = notKnownBadge(value, asked);
    if (gray !== null) print(gray.replace(/\n$/, ""));
    return UNREADABLE;
  }
  const text = textFor(value, asked);
  if (text === null) {
    complain("No number of any card that is named here is enough.");
    return NOT_ENOUGH;
  }
  if (asked.form !== "svg" && asked.page === null)
    complain("No link leads to the calculator: --page says where it is.");
  print(text.replace(/\n$/, ""));
  return 0;
};

/** `badge`: a scenario in a line, for a README or a model card. */
export const main: Command = runCommand<BadgeArguments>({
  name: "badge",
  usage,
  options: BADGE_OPTIONS,
  askedOf: badgeArguments,
  run,
});
