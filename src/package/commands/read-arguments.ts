/** The options of a command by their names: a flag stands alone, a value follows, `--gpu h100-sxm` or `--gpu=h100-sxm`. */
export type Options = Readonly<Record<`--${string}`, "flag" | "value">>;

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

/** Whether it is asked what a command takes: then it does nothing else. */
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
