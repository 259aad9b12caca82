// Frame of the commands that answer for links: input, options, and exit codes.

import { givenInput, type Terminal, type Command } from "./terminal.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import type { Parsed } from "#scenario/keys/issues.ts";
import type { Fit } from "#calc/model/memory-estimate.ts";
import { printableLine } from "#package/terminal-text.ts";
import { commandName, runCommand, UNREADABLE, type Arguments } from "./command.ts";
import { linkSearch, notALink, readLink } from "#package/given-scenario.ts";

/** A link, and where it came from when that is not the command line. */
type GivenLink = Readonly<{ text: string; line: number | null }>;

/** The links that a command was given; `-` stands for those of standard input, one a line. null where that is too large, which is complained of. */
const givenLinks = async (links: readonly string[], terminal: Terminal): Promise<readonly GivenLink[] | null> => {
  const input = links.includes("-") ? await givenInput(terminal) : "";
  if (input === null) return null;
  const fromInput = input
    .split(/\r?\n/)
    .map((text, index) => ({ text, line: index + 1 }))
    .filter(({ text }) => text.trim() !== "");
  return links.flatMap((text): readonly GivenLink[] => (text === "-" ? fromInput : [{ text, line: null }]));
};

/** What a link leads to: lines, as text or one JSON object, and how its method in focus goes on the card. */
type LinkAnswer = Readonly<{ lines: readonly string[]; fit: Fit | "not-known" }>;

/** Exit codes of commands about links: public interface (docs/package.md). */
const EXIT_CODES: Readonly<Record<LinkAnswer["fit"], number>> = {
  fits: 0,
  tight: 0,
  over: 1,
  "cannot-run": 1,
  "not-known": UNREADABLE,
};

/** A command about links. */
type LinkCommand = Readonly<{
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
const asOf = (flags: Arguments["flags"]): Asked["as"] => {
  if (flags.has("--json")) return "json";
  return flags.has("--explain") ? "explained" : "text";
};

const usageOf = ({ purpose, explains }: LinkCommand, called: string): string =>
  `Usage: ${called} [--json]${explains ? " [--explain]" : ""} LINK... or -

${purpose}

  LINK       ?v=1&model=llama-3.1-8b&method=qlora&gpu=rtx-4090, or the whole address; quote it, because of the &
  -          reads links from standard input, one a line
  --json     prints one JSON object a link, one a line${explains ? EXPLAIN : ""}

Ends with 0 when the method in focus fits or may not fit (little is left), 1 when it does not fit or cannot run, 2 when there was no link to read,
or when it names a model, a GPU, a library or anything else that says what is asked about and that is not known. Of several links the worst counts.`;

type Asked = Readonly<{ as: "json" | "text" | "explained"; links: readonly string[] }>;

/** `-` alone stands for links that only its input has. */
const askedOf = ({ flags, rest }: Arguments): Asked | string =>
  rest.length === 0 ? "There is no link." : { as: asOf(flags), links: rest };

/** The command: reads its links, prints what each leads to, and ends with the worst exit code. */
export const linkCommand = (command: LinkCommand): Command =>
  runCommand<Asked>({
    name: command.name,
    usage: (called) => usageOf(command, called),
    options: { "--json": "flag", ...(command.explains && { "--explain": "flag" }) },
    askedOf,
    run: async ({ as, links: asked }, terminal) => {
      const links = await givenLinks(asked, terminal);
      if (links === null) return UNREADABLE;
      if (links.length === 0) return "There is no link on standard input.";
      const hint = `${commandName(command.name, terminal)} --help says what it takes.`;
      const codeOf = ({ text, line }: GivenLink): number => {
        const search = linkSearch(text);
        if (search === null) {
          const where = line === null ? "" : `Line ${line}: `;
          terminal.complain(`${where}${notALink(text)} ${hint}`);
          return UNREADABLE;
        }
        const { lines, fit } = command.answer(readLink(search), as);
        for (const each of lines) terminal.print(printableLine(each));
        return EXIT_CODES[fit];
      };
      return Math.max(...links.map(codeOf));
    },
  });
