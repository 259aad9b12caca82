/** The ways in which a check can be written. */
export const CHECK_FORMATS = ["plain", "markdown", "junit", "json"] as const;
export type CheckFormat = (typeof CHECK_FORMATS)[number];

/** What `check` was asked for. */
export type CheckArguments = Readonly<{
  files: readonly string[];
  /** From its `?` on; empty where there is none. */
  search: string;
  gpu: string | null;
  gpus: string | null;
  format: CheckFormat;
  page: string | null;
}>;

const OPTIONS = ["--gpu", "--gpus", "--format", "--page"] as const;
type Option = (typeof OPTIONS)[number];

const isOption = (name: string): name is Option => (OPTIONS as readonly string[]).includes(name);
const isFormat = (name: string): name is CheckFormat => (CHECK_FORMATS as readonly string[]).includes(name);

/** A link begins with its `?`, or with an address; all else is a file, whose name may have any sign. */
const LINK = /^(?:https?:\/\/[^?]*)?\?/i;

type Parts = Readonly<{ values: Readonly<Partial<Record<Option, string>>>; rest: readonly string[] }>;

/** Options with their values, `--gpu h100-sxm` or `--gpu=h100-sxm`, and what is left. */
const partsOf = (args: readonly string[]): Parts | string => {
  const values: Partial<Record<Option, string>> = {};
  const rest: string[] = [];
  for (let index = 0; index < args.length; index += 1) {
    const argument = args[index] ?? "";
    if (!argument.startsWith("-") || argument === "-") {
      rest.push(argument);
      continue;
    }
    const [name = "", ...after] = argument.split("=");
    if (!isOption(name)) return `check has no option ${JSON.stringify(name)}.`;
    const value = after.length > 0 ? after.join("=") : args[(index += 1)];
    if (value === undefined || value === "") return `${name} needs a value.`;
    values[name] = value;
  }
  return { values, rest };
};

/** An address without what links put after it. */
const pageOf = ({ "--page": page }: Parts["values"]): string | null => page?.replace(/[?#].*$/, "") ?? null;

const searchOf = (link = ""): string => link.slice(link.indexOf("?")).replace(/#.*$/, "");

/**
 * Reads the arguments of `check`.
 *
 * @returns or what is wrong with them, as a sentence
 */
export const parseCheckArguments = (args: readonly string[]): CheckArguments | string => {
  const parts = partsOf(args);
  if (typeof parts === "string") return parts;
  const { values, rest } = parts;
  const links = rest.filter((each) => LINK.test(each));
  const files = rest.filter((each) => !LINK.test(each));
  const format = values["--format"] ?? "plain";
  if (!isFormat(format)) return `There is no format ${JSON.stringify(format)}: ${CHECK_FORMATS.join(", ")} are there.`;
  if (links.length > 1) return "check takes one link.";
  if (files.length === 0) return "There is no file.";
  return {
    files,
    search: searchOf(links[0]),
    gpu: values["--gpu"] ?? null,
    gpus: values["--gpus"] ?? null,
    format,
    page: pageOf(values),
  };
};
