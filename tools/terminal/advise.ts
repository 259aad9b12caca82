import { advise } from "#advice/advise.ts";
import { runThrough } from "#advice/run-through.ts";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import "#scenario/codec/architecture.ts";
import { adviseJson } from "./advise-json.ts";
import { adviseTable } from "./advise-table.ts";
import { parseArguments } from "./estimate-arguments.ts";
import { type GivenLink, givenLinks } from "./given-links.ts";
import { linkSearch } from "./link-search.ts";
import { readLink } from "./read-link.ts";
import type { Command, Terminal } from "./terminal.ts";

const USAGE = `Usage: npm run -s advise -- [--json] LINK... or -

Says what to change so that the fine-tuning of a link fits its card, what each change saves and costs, how large batch, sequence,
rank and model may be, and the smallest card for each method.

  LINK     ?v=1&model=llama-3.1-8b&method=qlora&gpu=rtx-4090, or the whole address; quote it, because of the &
  -        reads links from standard input, one a line
  --json   prints one JSON object a link, one a line

Ends with 0 when the method in focus fits or is tight, 1 when it does not fit, 2 when there was no link to read.
Of several links the worst counts.`;

const UNREADABLE = 2;

const HINT = "advise --help says what it takes.";

const adviseLink = ({ text, line }: GivenLink, json: boolean, { print, complain }: Terminal): number => {
  const search = linkSearch(text);
  if (search === null) {
    const where = line === null ? "" : `Line ${line}: `;
    complain(`${where}${JSON.stringify(text.slice(0, 80))} is not a link: it has no key=value. ${HINT}`);
    return UNREADABLE;
  }
  const { value, issues } = readLink(search);
  const advice = runThrough(advise(value, FULL_CATALOG));
  if (json) print(JSON.stringify(adviseJson(advice)));
  else for (const row of [...issues.map(({ message }) => `! ${message}`), ...adviseTable(advice), ""]) print(row);
  return advice.start.card.fit === "over" ? 1 : 0;
};

/** `advise`: what follows from one or more links. */
export const main: Command = async (terminal) => {
  const parsed = parseArguments(terminal.args);
  if ("unknownOption" in parsed) {
    terminal.complain(`advise has no option ${JSON.stringify(parsed.unknownOption)}. ${HINT}`);
    return UNREADABLE;
  }
  if (parsed.help) {
    terminal.print(USAGE);
    return 0;
  }
  const links = await givenLinks(parsed.links, terminal);
  if (links.length === 0) {
    terminal.complain(`There is no link${parsed.links.includes("-") ? " on standard input" : ""}. ${HINT}`);
    return UNREADABLE;
  }
  return Math.max(...links.map((link) => adviseLink(link, parsed.json, terminal)));
};
