import type { Terminal, Command } from "./terminal.ts";
import { oneLine } from "#package/one-line.ts";
import { type Arguments, asksForHelp, type Options, readArguments } from "./read-arguments.ts";

/** What npm calls a command whose own name is a script of another kind: `npm run check` checks this repository. */
const NPM_NAMES: Readonly<Record<string, string>> = { check: "check-file" };

/** What a person types before a command's arguments: `headroom estimate`, or `npm run -s estimate --` in a clone. */
export const commandName = (name: string, { program }: Pick<Terminal, "program">): string =>
  program === undefined ? `npm run -s ${NPM_NAMES[name] ?? name} --` : `${program} ${name}`;

/** The exit code of a command that had nothing to work on, or could not read it. */
export const UNREADABLE = 2;

/** Of a command that takes options alone: what is wrong where it was given something else; null: nothing. */
export const noArguments = (name: string, { rest: [other] }: Arguments): string | null =>
  other === undefined ? null : `${name} takes no argument ${JSON.stringify(other)}.`;

/** What a command does between its arguments and its exit code. */
type Frame<Asked> = Readonly<{
  /** As in `headroom NAME`. */
  name: string;
  /** What `--help` prints. @param called what a person types before the arguments */
  usage: (called: string) => string;
  options: Options;
  /** What was asked for; or what is wrong with it, as a sentence. */
  askedOf: (given: Arguments) => Asked | string;
  /** @returns the exit code; or what is wrong, as a sentence, where only work shows it */
  run: (asked: Asked, terminal: Terminal) => Promise<number | string> | number | string;
}>;

/**
 * A command as all are: `--help` prints what it takes and does nothing; what cannot be read is complained of in a sentence that names `--help`, and ends
 * with 2; else it does its work.
 */
export const runCommand =
  <Asked extends object>({ name, usage, options, askedOf, run }: Frame<Asked>): Command =>
  async (given) => {
    // A path or a value that somebody has brought is a part of a line, and never a line of its own.
    const terminal: Terminal = { ...given, complain: (line) => given.complain(oneLine(line)) };
    const called = commandName(name, terminal);
    const ended = (outcome: number | string): number => {
      if (typeof outcome === "number") return outcome;
      terminal.complain(`${outcome} ${called} --help says what it takes.`);
      return UNREADABLE;
    };
    if (asksForHelp(terminal.args)) {
      terminal.print(usage(called));
      return 0;
    }
    const read = readArguments(terminal.args, { name, options });
    const asked = typeof read === "string" ? read : askedOf(read);
    return ended(typeof asked === "string" ? asked : await run(asked, terminal));
  };
