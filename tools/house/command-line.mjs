import { parseArgs } from "node:util";

/** The exit code of a command that could not be read, and has done nothing. */
const UNREADABLE = 2;

/**
 * @typedef {NonNullable<import("node:util").ParseArgsConfig["options"]>} Options
 * @typedef {NonNullable<ReturnType<typeof parseArgs>["tokens"]>[number]} Token
 * @typedef {Extract<Token, { kind: "option" }>} OptionToken
 */

/** What is wrong with an option; null: nothing. @param {OptionToken} option @param {Options} options */
const wrongOption = ({ name, rawName, value, inlineValue }, options) => {
  const known = Object.hasOwn(options, name) ? options[name] : undefined;
  if (known === undefined) return `There is no option ${JSON.stringify(rawName)}.`;
  if (known.type === "boolean") return inlineValue ? `${rawName} takes no value.` : null;
  const isMissing = value === undefined || value === "" || (!inlineValue && value.startsWith("--"));
  return isMissing ? `${rawName} needs a value.` : null;
};

/**
 * What is wrong with a command line; null: nothing. An argument that nobody asked for is, too: it would be passed over in silence.
 *
 * @param {readonly string[]} args
 * @param {Readonly<{ options: Options, most: number }>} taken
 */
const wrongWith = (args, { options, most }) => {
  const { tokens } = parseArgs({ args: [...args], options, strict: false, tokens: true });
  const positionals = tokens.flatMap((token) => (token.kind === "positional" ? [token.value] : []));
  const wrong = tokens.flatMap((token) => (token.kind === "option" ? [wrongOption(token, options)] : []));
  const [first] = wrong.filter((sentence) => sentence !== null);
  if (first !== undefined) return first;
  const further = positionals[most];
  return further === undefined ? null : `There is no use for ${JSON.stringify(further)}.`;
};

/** Whether it is asked what a command takes. @param {readonly string[]} args */
const asksForHelp = (args) => {
  const end = args.indexOf("--");
  return (end === -1 ? args : args.slice(0, end)).some((argument) => argument === "--help" || argument === "-h");
};

/**
 * Ends the program with 2 and a sentence.
 *
 * @param {string} sentence what is wrong with the command line
 * @param {string} usage its first line says how the command is called
 * @returns {never}
 */
export const refuseCommandLine = (sentence, usage) => {
  console.error(`${sentence} ${usage.split("\n", 1)[0]}`);
  return process.exit(UNREADABLE);
};

/**
 * Reads the command line of a script of package.json. `--help` prints what it takes and ends the program with 0, what cannot be read ends it with 2 and a
 * sentence: a script asks for it before it does anything.
 *
 * @template {Options} [Taken={}]
 * @param {string} usage
 * @param {Readonly<{ options?: Taken, most?: number }>} [taken] `most`: how many arguments there may be that are no options
 * @returns {ReturnType<typeof parseArgs<{ args: string[], options: Taken, allowPositionals: true }>>}
 */
export const readCommandLine = (usage, { options, most = 0 } = {}) => {
  const args = process.argv.slice(2);
  if (asksForHelp(args)) {
    console.log(usage);
    process.exit(0);
  }
  const taken = /** @type {Taken} */ (options ?? {});
  const wrong = wrongWith(args, { options: taken, most });
  if (wrong !== null) refuseCommandLine(wrong, usage);
  return parseArgs({ args, options: taken, allowPositionals: true });
};
