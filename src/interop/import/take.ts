import type { Plain } from "./source.ts";
import { isOn, type Taken } from "./read-fields.ts";

/** How much of a value is quoted. */
const LONGEST = 60;

/** A value as text: words as they are. */
export const wordOf = (value: Plain): string => (typeof value === "string" ? value : JSON.stringify(value));

/** A value as a sentence quotes it. */
export const quoted = (value: Plain): string => {
  const text = wordOf(value);
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
};

/** No number of a file of settings has more characters. */
const LONGEST_NUMBER = 40;

const NUMBER = /^[+-]?(?:[\d_]+(?:\.[\d_]+)?|\.[\d_]+)(?:e[+-]?\d+)?$/i;

/** A number, as a number or in words, as YAML 1.1 and command lines have it: "1_000", "1e-5". */
export const numberOf = (value: Plain | undefined): number | undefined => {
  if (typeof value === "number") return Number.isFinite(value) ? value : undefined;
  const word = typeof value === "string" ? value.trim() : "";
  if (word.length > LONGEST_NUMBER || !NUMBER.test(word)) return undefined;
  const number = Number(word.replaceAll("_", ""));
  return Number.isFinite(number) ? number : undefined;
};

/** A number as the link writes it. Ranges are the link's matter. */
export const takeNumber = (value: Plain): Taken => {
  const number = numberOf(value);
  return number === undefined ? { notModelled: `${quoted(value)} is not a number` } : String(number);
};

const OFF = /^(|false|0|no|off|none|null)$/i;

/** A switch: on or off. What a script works out while it runs is neither. */
export const takeFlag = (value: Plain): Taken => {
  if (isOn(value)) return "1";
  if (value === null || OFF.test(wordOf(value).trim())) return "0";
  return { notModelled: `${quoted(value)} is neither on nor off: it is only known when it runs.` };
};

/** One of several words, each with its text; null leaves it to the tool. */
export const takeWord =
  (texts: Readonly<Record<string, string | null>>) =>
  (value: Plain): Taken => {
    const word = wordOf(value);
    return Object.hasOwn(texts, word) ? (texts[word] ?? null) : { notModelled: `${quoted(value)} is not modelled` };
  };

/** Names, as a list or with commas. */
export const namesOf = (value: Plain): readonly string[] =>
  (Array.isArray(value) ? (value as readonly Plain[]).map(wordOf) : wordOf(value).split(","))
    .map((name) => name.trim())
    .filter((name) => name !== "");
