import type { Terminal } from "./terminal.ts";

/** A link, and where it came from when that is not the command line. */
export type GivenLink = Readonly<{ text: string; line: number | null }>;

/** The links that a command was given; `-` stands for those of standard input, one a line. */
export const givenLinks = async (links: readonly string[], { readInput }: Terminal): Promise<readonly GivenLink[]> => {
  const input = links.includes("-") ? await readInput() : "";
  const fromInput = input
    .split(/\r?\n/)
    .map((text, index) => ({ text, line: index + 1 }))
    .filter(({ text }) => text.trim() !== "");
  return links.flatMap((text): readonly GivenLink[] => (text === "-" ? fromInput : [{ text, line: null }]));
};
