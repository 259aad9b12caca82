import type { Terminal } from "./terminal.ts";

/** What npm calls a command whose own name is a script of another kind: `npm run check` checks this repository. */
const NPM_NAMES: Readonly<Record<string, string>> = { check: "check-file" };

/** What a person types before a command's arguments: `headroom estimate`, or `npm run -s estimate --` in a clone. */
export const calledAs = (name: string, { program }: Pick<Terminal, "program">): string =>
  program === undefined ? `npm run -s ${NPM_NAMES[name] ?? name} --` : `${program} ${name}`;
