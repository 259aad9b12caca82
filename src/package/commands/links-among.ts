/** A link begins with its `?`, or with an address; all else is a file, whose name may have any sign. */
const LINK = /^(?:https?:\/\/[^?]*)?\?/i;

/** The links among the arguments of a command that takes files, and its files. */
export const linksAmong = (
  args: readonly string[],
): Readonly<{ links: readonly string[]; files: readonly string[] }> => ({
  links: args.filter((each) => LINK.test(each)),
  files: args.filter((each) => !LINK.test(each)),
});
