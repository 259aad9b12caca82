/** What a command about links was asked for. */
export type LinkArguments = Readonly<{
  json: boolean;
  help: boolean;
  explain: boolean;
  /** Links in the order given; `-` stands for those of standard input. */
  links: readonly string[];
}>;

const OPTIONS: Readonly<Record<string, "json" | "help" | "explain">> = {
  "--json": "json",
  "--explain": "explain",
  "--help": "help",
  "-h": "help",
};

const isOption = (argument: string): boolean => argument.startsWith("-") && argument !== "-";

/**
 * Reads the arguments of a command about links. After `--` nothing is an option.
 *
 * @returns or the first option that there is not
 */
export const parseArguments = (args: readonly string[]): LinkArguments | Readonly<{ unknownOption: string }> => {
  const end = args.indexOf("--");
  const before = end === -1 ? args : args.slice(0, end);
  const options = before.filter(isOption);
  const unknownOption = options.find((option) => !Object.hasOwn(OPTIONS, option));
  if (unknownOption !== undefined) return { unknownOption };
  const given = new Set(options.map((option) => OPTIONS[option]));
  const links = [...before.filter((argument) => !isOption(argument)), ...(end === -1 ? [] : args.slice(end + 1))];
  return { json: given.has("json"), help: given.has("help"), explain: given.has("explain"), links };
};
