/** No name of a model or a file has more characters. */
export const LONGEST_NAME = 500;

/** The last part of "owner/name", or of a path, whatever ends it. */
export const ownName = (path: string): string =>
  path
    .trim()
    .split(/[/\\]/)
    .findLast((part) => part !== "") ?? path;
