import type { Input } from "./limited-text.ts";

/** What a command sees of the terminal that it runs in; tests give it another one. */
export type Terminal = Readonly<{
  /** What stands after the command's name. */
  args: readonly string[];
  /** The program that the command is a part of; left out where npm runs it in a clone. */
  program?: "headroom";
  /** Of the program. */
  version?: string;
  /** From where relative paths are meant; left out: from where the process runs. */
  folder?: string;
  /** Standard input, which may have no end. */
  input: () => Input;
  /** A line of the result, to standard output. */
  print: (line: string) => void;
  /** A line for the person, to standard error. */
  complain: (line: string) => void;
}>;

/** A command: does its work, and gives the exit code. */
export type Command = (terminal: Terminal) => Promise<number>;
