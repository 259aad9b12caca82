import type { Choices } from "#scenario/choices/choices.ts";
import type { Parsed } from "#scenario/choices/issue.ts";
import { calledAs } from "./called-as.ts";
import { type GivenLink, givenLinks } from "./given-links.ts";
import { type LinkArguments, parseArguments } from "./link-arguments.ts";
import { linkSearch } from "#package/link-search.ts";
import { readLink } from "#package/read-link.ts";
import type { Command, Terminal } from "./terminal.ts";

/** What a link leads to: lines, as text or one JSON object, and whether its method in focus goes on the card. */
export type LinkAnswer = Readonly<{ lines: readonly string[]; isOver: boolean }>;

/** A command about links. */
export type LinkCommand = Readonly<{
  name: string;
  /** What it is for, above what all such commands take. */
  purpose: string;
  answer: (link: Parsed<Choices>, as: "json" | "text" | "explained") => LinkAnswer;
  /** Whether it can say how its figures come about. */
  explains?: true;
}>;

const EXPLAIN = `
  --explain  says after the table how each figure comes about: its factors, and the tensors that they are made of`;

/** What is printed for a link; JSON says the same with or without an explanation. */
const asOf = ({ json, explain }: Pick<LinkArguments, "json" | "explain">): "json" | "text" | "explained" => {
  if (json) return "json";
  return explain ? "explained" : "text";
};

const usageOf = ({ name, purpose, explains }: LinkCommand, terminal: Terminal): string =>
  `Usage: ${calledAs(name, terminal)} [--json]${explains ? " [--explain]" : ""} LINK... or -

${purpose}

  LINK       ?v=1&model=llama-3.1-8b&method=qlora&gpu=rtx-4090, or the whole address; quote it, because of the &
  -          reads links from standard input, one a line
  --json     prints one JSON object a link, one a line${explains ? EXPLAIN : ""}

Ends with 0 when the method in focus fits or is tight, 1 when it does not fit, 2 when there was no link to read.
Of several links the worst counts.`;

const UNREADABLE = 2;

/** An option that other commands have. */
const unsuited = ({ explains }: LinkCommand, { explain }: LinkArguments): string | null =>
  explain && explains !== true ? "--explain" : null;

/** The command: reads its links, prints what each leads to, and ends with the worst exit code. */
export const linkCommand =
  (command: LinkCommand): Command =>
  async (terminal) => {
    const { print, complain } = terminal;
    const hint = `${command.name} --help says what it takes.`;
    const parsed = parseArguments(terminal.args);
    const unknown = "unknownOption" in parsed ? parsed.unknownOption : unsuited(command, parsed);
    if (unknown !== null || "unknownOption" in parsed) {
      complain(`${command.name} has no option ${JSON.stringify(unknown)}. ${hint}`);
      return UNREADABLE;
    }
    if (parsed.help) {
      print(usageOf(command, terminal));
      return 0;
    }
    const links = await givenLinks(parsed.links, terminal);
    if (links.length === 0) {
      complain(`There is no link${parsed.links.includes("-") ? " on standard input" : ""}. ${hint}`);
      return UNREADABLE;
    }
    const codeOf = ({ text, line }: GivenLink): number => {
      const search = linkSearch(text);
      if (search === null) {
        const where = line === null ? "" : `Line ${line}: `;
        complain(`${where}${JSON.stringify(text.slice(0, 80))} is not a link: it has no key=value. ${hint}`);
        return UNREADABLE;
      }
      const { lines, isOver } = command.answer(readLink(search), asOf(parsed));
      for (const each of lines) print(each);
      return isOver ? 1 : 0;
    };
    return Math.max(...links.map(codeOf));
  };
