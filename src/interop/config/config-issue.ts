import type { Issue, IssueCode } from "#scenario/choices/issue.ts";

const SHOWN_LENGTH = 80;

/** A text in one line of at most 80 characters. */
const inOneLine = (text: string): string => {
  const plain = text.replaceAll(/[\p{Cc}\p{Cf}]/gu, "\uFFFD");
  return plain.length > SHOWN_LENGTH ? `${plain.slice(0, SHOWN_LENGTH - 1)}…` : plain;
};

/** A value as it stood in the file, in one line; of a text what is in its quotes. */
export const shown = (value: unknown): string =>
  inOneLine(typeof value === "string" ? value : (JSON.stringify(value) ?? String(value)));

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

/** A value that is not what its field needs: what was expected, and what stands there, in quotes where it is a text. It is left out. */
export const unexpected = (
  code: IssueCode,
  key: string,
  { value, expected }: Readonly<{ value: unknown; expected: string }>,
): Issue => ({
  code,
  key,
  value: shown(value),
  used: "",
  message: `${expected} was expected for ${key}, not ${inOneLine(JSON.stringify(value))}; it is left out.`,
});

/** A text that breaks off being JSON: what was expected there, and what stands there, if anything does. */
export const notJson = (
  text: string,
  { expected, found, where }: Readonly<{ expected: string; found: string; where: string }>,
): Issue => ({
  code: "not-json",
  key: "config.json",
  value: shown(text),
  used: "",
  message: `config.json is not JSON. ${where}: ${expected} was expected, ${found === "" ? "but the text ends" : `not ${inOneLine(found)}`}.`,
});
