// Frame of every command: options, arguments, help, and complaints with exit code 2.

import type { Terminal, Command } from "./terminal.ts";
import { printableLine } from "#package/terminal-text.ts";

/** The options of a command by their names: a flag stands alone, a value follows, `--gpu h100-sxm` or `--gpu=h100-sxm`. */
type Options = Readonly<Record<`--${string}`, "flag" | "value">>;

/** What a command was given. */
export type Arguments = Readonly<{
  flags: ReadonlySet<string>;
  /** The last value of each option that has one. */
  values: ReadonlyMap<string, string>;
  /** What is no option, in its order: links, files; `-` stands for standard input. */
  rest: readonly string[];
}>;

const HELP: readonly string[] = ["--help", "-h"];

/** After it nothing is an option. */
const END = "--";

const isOption = (argument: string): boolean => argument.startsWith("-") && argument !== "-";

/** The arguments before `--`. */
const beforeEnd = (args: readonly string[]): readonly string[] =>
  args.includes(END) ? args.slice(0, args.indexOf(END)) : args;

/** Whether it is asked what a command takes: then it does nothing else. @internal */
export const asksForHelp = (args: readonly string[]): boolean =>
  beforeEnd(args).some((argument) => HELP.includes(argument));

/** The value after an option's sign of equality, or the next argument, unless that is an option itself. */
const valueOf = (argument: string, next: string | undefined): Readonly<{ value: string; takesNext: boolean }> => {
  const sign = argument.indexOf("=");
  if (sign !== -1) return { value: argument.slice(sign + 1), takesNext: false };
  return next === undefined || next.startsWith("--")
    ? { value: "", takesNext: false }
    : { value: next, takesNext: true };
};

/** What is wrong with an option of a command; null: nothing. */
const wrongWith = (argument: string, command: string, options: Options): string | null => {
  const [name = ""] = argument.split("=");
  if (!Object.hasOwn(options, name)) return `${command} has no option ${JSON.stringify(name)}.`;
  return options[name as keyof Options] === "flag" && argument !== name ? `${name} takes no value.` : null;
};

/**
 * Reads the arguments of a command. After `--` nothing is an option.
 *
 * @returns or what is wrong with them, as a sentence: an option that there is not, a value that is missing
 * @internal
 */
export const readArguments = (
  args: readonly string[],
  { name: command, options }: Readonly<{ name: string; options: Options }>,
): Arguments | string => {
  const before = beforeEnd(args);
  const flags = new Set<string>();
  const values = new Map<string, string>();
  const rest: string[] = [];
  for (let index = 0; index < before.length; index += 1) {
    const argument = before[index] ?? "";
    if (!isOption(argument)) {
      rest.push(argument);
      continue;
    }
    const wrong = wrongWith(argument, command, options);
    if (wrong !== null) return wrong;
    const [name = ""] = argument.split("=");
    if (options[name as keyof Options] === "flag") {
      flags.add(name);
      continue;
    }
    const { value, takesNext } = valueOf(argument, before[index + 1]);
    if (value === "") return `${name} needs a value.`;
    values.set(name, value);
    index += takesNext ? 1 : 0;
  }
  return { flags, values, rest: [...rest, ...args.slice(before.length + 1)] };
};

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
    const terminal: Terminal = { ...given, complain: (line) => given.complain(printableLine(line)) };
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
