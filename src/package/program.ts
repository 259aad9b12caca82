// The `headroom` program: list of commands, help, and version.

import { UNREADABLE } from "./commands/command.ts";
import type { Command } from "./commands/terminal.ts";

/** A command: what it is for, and where its code is, which is loaded when it is asked for. */
type Offered = Readonly<{ purpose: string; load: () => Promise<Readonly<{ main: Command }>> }>;

const COMMANDS: Readonly<Record<string, Offered>> = {
  estimate: {
    purpose: "how much GPU memory the fine-tuning of a link takes",
    load: () => import("./commands/estimate.ts"),
  },
  advise: {
    purpose: "what to change so that it fits, and the smallest cards",
    load: () => import("./commands/advise.ts"),
  },
  check: {
    purpose: "whether a training file of another tool fits a card, for CI",
    load: () => import("./commands/check.ts"),
  },
  import: { purpose: "the link of what training files describe", load: () => import("./commands/import.ts") },
  export: { purpose: "the file with which a tool runs a link", load: () => import("./commands/export.ts") },
  measure: {
    purpose: "a script that measures a link on your own GPU",
    load: () => import("./commands/measure.ts"),
  },
  mcp: {
    purpose: "the same as tools of an assistant (Model Context Protocol)",
    load: () => import("./commands/mcp.ts"),
  },
  "explain-oom": {
    purpose: "which tensor an out-of-memory message was about",
    load: () => import("./commands/explain-oom.ts"),
  },
  badge: { purpose: "a link as a badge, or a table for a model card", load: () => import("./commands/badge.ts") },
};

const WIDTH = Math.max(...Object.keys(COMMANDS).map(({ length }) => length));

const USAGE = `Usage: headroom COMMAND [ARGUMENT...]

How much GPU memory fine-tuning a language model takes, and whether it fits a card.

${Object.entries(COMMANDS)
  .map(([name, { purpose }]) => `  ${name.padEnd(WIDTH)}    ${purpose}`)
  .join("\n")}

headroom COMMAND --help says what a command takes; headroom --version which version this is.`;

/**
 * `headroom`: runs the command that its first argument names.
 *
 * @param version what `--version` prints
 */
export const headroom =
  (version: string): Command =>
  async (terminal) => {
    const [name = "", ...args] = terminal.args;
    if (name === "--version" || name === "-v") {
      terminal.print(version);
      return 0;
    }
    if (name === "--help" || name === "-h") {
      terminal.print(USAGE);
      return 0;
    }
    if (!Object.hasOwn(COMMANDS, name)) {
      const said = name === "" ? "There is no command." : `There is no command ${JSON.stringify(name)}.`;
      terminal.complain(`${said} headroom --help says which there are.`);
      return UNREADABLE;
    }
    const { main } = await (COMMANDS[name] as Offered).load();
    return main({ ...terminal, args, program: "headroom", version });
  };
