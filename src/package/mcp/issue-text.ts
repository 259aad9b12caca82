import type { Issue } from "#scenario/choices/issue.ts";

/** What was taken otherwise than it was given. */
export const issueText = ({ message }: Issue): string => `Note: ${message}`;
