import type { Issue } from "#scenario/choices/issue.ts";

/** Inputs that were taken otherwise than they were given. */
export const issueText = ({ message }: Issue): string => `Note: ${message}`;
