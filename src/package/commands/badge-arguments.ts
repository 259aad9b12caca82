import { oneLink } from "./one-link.ts";
import type { Arguments } from "./read-arguments.ts";

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

/** What `badge` can be asked for beside a link. */
export const BADGE_OPTIONS = {
  "--markdown": "flag",
  "--table": "flag",
  "--smallest": "flag",
  "--page": "value",
} as const;

const ADDRESS = /^https?:\/\//i;

/** The address of a page without what belongs to one scenario. */
const pageOf = (address: string): string => address.trim().replace(/[?#].*$/s, "");

const formOf = (flags: Arguments["flags"]): BadgeForm => {
  if (flags.has("--table")) return "table";
  return flags.has("--markdown") ? "markdown" : "svg";
};

/** What is wrong with options; null where they can be followed. */
const wrongWith = ({ flags, values }: Arguments): string | null => {
  const page = values.get("--page");
  if (flags.has("--table") && flags.size > 1)
    return `--table goes with no ${[...flags].find((flag) => flag !== "--table") ?? ""}.`;
  if (page !== undefined && !ADDRESS.test(page)) return "--page needs an address that begins with https:// or http://.";
  return null;
};

/**
 * What the arguments of `badge` ask for. A link that is a whole address says itself which page it is of.
 *
 * @returns or what is wrong with them, as a sentence
 */
export const badgeArguments = (given: Arguments): BadgeArguments | string => {
  const wrong = wrongWith(given);
  if (wrong !== null) return wrong;
  const { flags, values, rest } = given;
  const one = oneLink(rest, { command: "badge" });
  if (typeof one === "string") return one;
  const { link, search } = one;
  const address = values.get("--page") ?? (ADDRESS.test(link) ? link : null);
  return {
    form: formOf(flags),
    smallest: flags.has("--smallest"),
    page: address === null ? null : pageOf(address),
    search,
  };
};
