import { notKnownJson, notKnownLines } from "#package/not-known.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import { isNotKnownIssue, type Issue } from "#scenario/choices/issue.ts";
import { encodeLink } from "#scenario/choices/url.ts";

/** The text of a command about a link that names something unknown: the link, what else was wrong with it, what is not known, and the nearest names. */
export const notKnownText = (choices: Choices, issues: readonly Issue[]): readonly string[] => [
  encodeLink(choices),
  ...issues.filter((issue) => !isNotKnownIssue(issue)).map(({ message }) => `! ${message}`),
  "",
  ...notKnownLines(notKnownJson(choices)),
];
