import { linkSearch } from "#package/read-link.ts";

/** A link begins with its `?`, or with an address; all else is a file, whose name may have any sign. */
const LINK = /^(?:https?:\/\/[^?]*)?\?/i;

/** The links among the arguments of a command that takes files, and its files. */
export const linksAmong = (
  args: readonly string[],
): Readonly<{ links: readonly string[]; files: readonly string[] }> => ({
  links: args.filter((each) => LINK.test(each)),
  files: args.filter((each) => !LINK.test(each)),
});

/** A link as it was given, and from its `?` on. */
type OneLink = Readonly<{ link: string; search: string }>;

const SHOWN_LENGTH = 80;

/**
 * The link of a command that takes one.
 *
 * @param links what was given that is no option
 * @param after what a link has to follow, where it is not the command itself
 * @returns or what is wrong, as a sentence
 */
export const oneLink = (
  links: readonly string[],
  { command, after }: Readonly<{ command: string; after?: string }>,
): OneLink | string => {
  const [link, ...others] = links;
  if (link === undefined) return `There is no link${after === undefined ? "" : ` after ${after}`}.`;
  if (others.length > 0) return `${command} takes one link.`;
  const search = linkSearch(link);
  return search === null
    ? `${JSON.stringify(link.slice(0, SHOWN_LENGTH))} is not a link: it has no key=value.`
    : { link, search };
};
