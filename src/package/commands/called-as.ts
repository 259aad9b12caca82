import type { Terminal } from "./terminal.ts";

/** What a person types before a command's arguments: `headroom estimate`, or `npm run -s estimate --` in a clone. */
export const calledAs = (name: string, { program }: Pick<Terminal, "program">): string =>
  program === undefined ? `npm run -s ${name} --` : `${program} ${name}`;
