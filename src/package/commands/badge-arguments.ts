import { oneLink } from "./one-link.ts";

/** What can be printed of a badge. */
export const BADGE_FORMS = ["svg", "markdown", "table"] as const;
export type BadgeForm = (typeof BADGE_FORMS)[number];

/** What `badge` was asked for. */
export type BadgeArguments = Readonly<{
  form: BadgeForm;
  smallest: boolean;
  /** The address of a calculator, before the `?`; null: none was given. */
  page: string | null;
  /** From its `?` on. */
  search: string;
}>;

const FLAGS = ["--markdown", "--table", "--smallest"] as const;
type Flag = (typeof FLAGS)[number];
const isFlag = (name: string): name is Flag => (FLAGS as readonly string[]).includes(name);

type Parts = Readonly<{ flags: ReadonlySet<Flag>; page: string | null; links: readonly string[] }>;

/** Flags, the page, `--page https://…` or `--page=https://…`, and what is left. */
const partsOf = (args: readonly string[]): Parts | string => {
  const flags = new Set<Flag>();
  const links: string[] = [];
  let page: string | null = null;
  for (let index = 0; index < args.length; index += 1) {
    const argument = args[index] ?? "";
    const [name = "", ...after] = argument.split("=");
    if (isFlag(argument)) flags.add(argument);
    else if (name === "--page") page = after.length > 0 ? after.join("=") : (args[(index += 1)] ?? "");
    else if (argument.startsWith("-")) return `badge has no option ${JSON.stringify(name)}.`;
    else links.push(argument);
  }
  return { flags, page, links };
};

const ADDRESS = /^https?:\/\//i;

/** The address of a page without what belongs to one scenario. */
const pageOf = (address: string): string => address.trim().replace(/[?#].*$/s, "");

const formOf = (flags: ReadonlySet<Flag>): BadgeForm => {
  if (flags.has("--table")) return "table";
  return flags.has("--markdown") ? "markdown" : "svg";
};

/** What is wrong with options; null where they can be followed. */
const wrongWith = ({ flags, page }: Parts): string | null => {
  if (flags.has("--table") && flags.size > 1)
    return `--table goes with no ${[...flags].find((flag) => flag !== "--table") ?? ""}.`;
  if (page !== null && !ADDRESS.test(page)) return "--page needs an address that begins with https:// or http://.";
  return null;
};

/**
 * Reads the arguments of `badge`. A link that is a whole address says itself which page it is of.
 *
 * @returns or what is wrong with them, as a sentence
 */
export const parseBadgeArguments = (args: readonly string[]): BadgeArguments | string => {
  const parts = partsOf(args);
  if (typeof parts === "string") return parts;
  const wrong = wrongWith(parts);
  if (wrong !== null) return wrong;
  const { flags, page, links } = parts;
  const given = oneLink(links, { command: "badge" });
  if (typeof given === "string") return given;
  const { link, search } = given;
  const own = ADDRESS.test(link) ? link : null;
  const address = page ?? own;
  return {
    form: formOf(flags),
    smallest: flags.has("--smallest"),
    page: address === null ? null : pageOf(address),
    search,
  };
};
