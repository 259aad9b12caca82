// A config.json's own fields, and the issues that name a bad value or where the JSON breaks off.

import type { IssueCode } from "#scenario/keys/codec/codec.ts";
import type { Issue } from "#scenario/keys/issues.ts";
import type { JsonProblem } from "./json-places.ts";

/** A parsed JSON object: its own fields, none of which can be trusted. */
export type RawConfig = Readonly<Record<string, unknown>>;

/** Whether a JSON value is an object, not a list. */
export const isObject = (value: unknown): value is RawConfig =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** A field of the file's own: what every object inherits is no field, and null is none. */
export const ownField = (config: RawConfig, name: string): unknown =>
  Object.hasOwn(config, name) ? (config[name] ?? undefined) : undefined;

/** The first of several names that the file has, and what stands there. */
export const firstOwnField = (
  config: RawConfig,
  names: readonly string[],
): Readonly<{ name: string; value: unknown }> | undefined => {
  for (const name of names) {
    const value = ownField(config, name);
    if (value !== undefined) return { name, value };
  }
  return undefined;
};

const SHOWN_LENGTH = 80;

/** A text in one line of at most 80 characters. */
const inOneLine = (text: string): string => {
  const plain = text.replaceAll(/[\p{Cc}\p{Cf}]/gu, "\uFFFD");
  return plain.length > SHOWN_LENGTH ? `${plain.slice(0, SHOWN_LENGTH - 1)}…` : plain;
};

/** A value as it stands in a sentence: a text in its quotes, a number past all numbers (1e400) as what it is. */
const asWritten = (value: unknown): string =>
  inOneLine(typeof value === "number" ? String(value) : (JSON.stringify(value) ?? String(value)));

/** A value as it stood in the file, in one line; of a text what is in its quotes. @internal */
export const shortValue = (value: unknown): string => (typeof value === "string" ? inOneLine(value) : asWritten(value));

/** One problem with a config.json: the field, what stood there, what is used instead, and why. */
export const configIssue = (
  code: IssueCode,
  key: string,
  { value = "", used = "", why }: Readonly<{ value?: unknown; used?: unknown; why: string }>,
): Issue => ({
  code,
  key,
  value: shortValue(value),
  used: used === "" ? "" : shortValue(used),
  message: `${key}${value === "" ? "" : ` ${asWritten(value)}`} ${why}.`,
});

/** A value that is not what its field needs: what was expected, and what stands there, in quotes where it is a text. It is left out. */
export const unexpectedValue = (
  code: IssueCode,
  key: string,
  { value, expected }: Readonly<{ value: unknown; expected: string }>,
): Issue => ({
  code,
  key,
  value: shortValue(value),
  used: "",
  message: `${expected} was expected for ${key}, not ${asWritten(value)}; it is left out.`,
});

/** Where a text breaks off being JSON: what was expected there, and what stands there, if anything does. */
export const brokenJsonWords = ({ expected, found }: Pick<JsonProblem, "expected" | "found">): string =>
  `${expected} was expected, ${found === "" ? "but the text ends" : `not ${inOneLine(found)}`}.`;

/** A text that breaks off being JSON, and where. */
export const notJson = (text: string, { where, ...problem }: JsonProblem & Readonly<{ where: string }>): Issue => ({
  code: "not-json",
  key: "config.json",
  value: shortValue(text),
  used: "",
  message: `config.json is not JSON. ${where}: ${brokenJsonWords(problem)}`,
});
