import type { Catalog } from "#catalog/catalog.ts";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import type { Answer } from "#scenario/answer.ts";
import { toAnswer } from "#scenario/to-answer.ts";
import "#scenario/codec/architecture.ts";
import { parseArguments } from "./estimate-arguments.ts";
import { estimateJson } from "#scenario/estimate-json.ts";
import { estimateTable } from "./estimate-table.ts";
import { type GivenLink, givenLinks } from "./given-links.ts";
import { linkSearch } from "./link-search.ts";
import { readLink } from "./read-link.ts";
import type { Command, Terminal } from "./terminal.ts";

const USAGE = `Usage: npm run -s estimate -- [--json] LINK... or -

Says how much GPU memory the fine-tuning that a link describes takes, and whether it fits its card.

  LINK     ?v=1&model=llama-3.1-8b&method=qlora&gpu=rtx-4090, or the whole address; quote it, because of the &
  -        reads links from standard input, one a line
  --json   prints one JSON object a link, one a line

Ends with 0 when the method in focus fits or is tight, 1 when it does not fit, 2 when there was no link to read.
Of several links the worst counts.`;

const UNREADABLE = 2;

const HINT = "estimate --help says what it takes.";

/** Whether the method in focus goes on the card: 0 yes, 1 no. A focused method that is not shown counts all the same. */
const fitCode = (answer: Answer, catalog: Catalog): number => {
  const { choices } = answer;
  const isFocus = ({ method }: Answer["methods"][number]): boolean => method === choices.method;
  const focused =
    answer.methods.find(isFocus) ?? toAnswer({ ...choices, show: [choices.method] }, catalog).methods.find(isFocus);
  return focused?.card.fit === "over" ? 1 : 0;
};

const estimateLink = ({ text, line }: GivenLink, json: boolean, { print, complain }: Terminal): number => {
  const search = linkSearch(text);
  if (search === null) {
    const where = line === null ? "" : `Line ${line}: `;
    complain(`${where}${JSON.stringify(text.slice(0, 80))} is not a link: it has no key=value. ${HINT}`);
    return UNREADABLE;
  }
  const { value, issues } = readLink(search);
  const answer = toAnswer(value, FULL_CATALOG);
  if (json) print(JSON.stringify(estimateJson(answer, issues)));
  else for (const row of [...estimateTable(answer, issues), ""]) print(row);
  return fitCode(answer, FULL_CATALOG);
};

/** `estimate`: the memory of one or more links. */
export const main: Command = async (terminal) => {
  const parsed = parseArguments(terminal.args);
  if ("unknownOption" in parsed) {
    terminal.complain(`estimate has no option ${JSON.stringify(parsed.unknownOption)}. ${HINT}`);
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
  return Math.max(...links.map((link) => estimateLink(link, parsed.json, terminal)));
};
