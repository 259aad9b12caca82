import { UNREADABLE } from "#package/commands/command.ts";
import type { Terminal } from "#package/commands/terminal.ts";

/** What a command does with files, where an error in a sentence (a file that cannot be read) is complained of and ends with 2. */
export const sayingWhy =
  <Asked>(run: (asked: Asked, terminal: Terminal) => number | string) =>
  (asked: Asked, terminal: Terminal): number | string => {
    try {
      return run(asked, terminal);
    } catch (error) {
      terminal.complain(error instanceof Error ? error.message : String(error));
      return UNREADABLE;
    }
  };
