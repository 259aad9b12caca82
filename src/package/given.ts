import type { Choices } from "#scenario/keys/choices.ts";
import type { Parsed } from "#scenario/choices/issue.ts";
import { encodeText } from "#scenario/choices/url.ts";
import { linkSearch, readLink } from "./read-link.ts";

/** The value of a key of the link; null and undefined leave the key to its default, as if it were not there. */
export type KeyValue = string | number | boolean | readonly string[] | null | undefined;

/**
 * A scenario: a link (`?v=1&model=llama-3.1-8b&gpu=rtx-4090`, or the whole address), or the link's keys with their values
 * (`{ model: "llama-3.1-8b", gpu: "rtx-4090", seq: 4096 }`). A key that is missing takes its default.
 */
export type Given = string | Readonly<Record<string, KeyValue>>;

const textOf = (value: Exclude<KeyValue, null | undefined>): string => {
  if (typeof value === "boolean") return value ? "1" : "0";
  return typeof value === "object" ? value.join(",") : String(value);
};

const searchOf = (keys: Readonly<Record<string, KeyValue>>): string =>
  `?${Object.entries(keys)
    .flatMap(([key, value]) =>
      value === null || value === undefined ? [] : [`${encodeURIComponent(key)}=${encodeText(textOf(value))}`],
    )
    .join("&")}`;

/**
 * What was given as the part of a link after its `?`, with it.
 *
 * @throws TypeError where a text is no link at all
 */
export const givenSearch = (given: Given): string => {
  if (typeof given !== "string") return searchOf(given);
  const search = linkSearch(given);
  if (search === null) throw new TypeError(`${JSON.stringify(given.slice(0, 80))} is not a link: it has no key=value.`);
  return search;
};

/**
 * What was given as choices, with an issue for each key or value that could not be taken as it was.
 *
 * @throws TypeError where a text is no link at all
 */
export const readGiven = (given: Given): Parsed<Choices> => readLink(givenSearch(given));
