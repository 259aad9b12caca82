import { givenInput } from "./given-file.ts";
import type { Terminal } from "./terminal.ts";

/** A link, and where it came from when that is not the command line. */
export type GivenLink = Readonly<{ text: string; line: number | null }>;

/** The links that a command was given; `-` stands for those of standard input, one a line. null where that is too large, which is complained of. */
export const givenLinks = async (
  links: readonly string[],
  terminal: Terminal,
): Promise<readonly GivenLink[] | null> => {
  const input = links.includes("-") ? await givenInput(terminal) : "";
  if (input === null) return null;
  const fromInput = input
    .split(/\r?\n/)
    .map((text, index) => ({ text, line: index + 1 }))
    .filter(({ text }) => text.trim() !== "");
  return links.flatMap((text): readonly GivenLink[] => (text === "-" ? fromInput : [{ text, line: null }]));
};
