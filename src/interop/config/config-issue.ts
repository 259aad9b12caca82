import type { Issue, IssueCode } from "#scenario/choices/issue.ts";

const SHOWN_LENGTH = 80;

/** A value as it stood in the file, in one line of at most 80 characters. */
export const shown = (value: unknown): string => {
  const text = typeof value === "string" ? value : (JSON.stringify(value) ?? String(value));
  const plain = text.replaceAll(/[\p{Cc}\p{Cf}]/gu, "\uFFFD");
  return plain.length > SHOWN_LENGTH ? `${plain.slice(0, SHOWN_LENGTH - 1)}…` : plain;
};

/** One problem with a config.json: the field, what stood there, what is used instead, and why. */
export const configIssue = (
  code: IssueCode,
  key: string,
  { value = "", used = "", why }: Readonly<{ value?: unknown; used?: unknown; why: string }>,
): Issue => ({
  code,
  key,
  value: shown(value),
  used: used === "" ? "" : shown(used),
  message: `${key}${value === "" ? "" : ` ${shown(value)}`} ${why}.`,
});
