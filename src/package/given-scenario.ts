// Scenario given as a link or as keys: how it is read, and which names in it are not known.

import { decodeLink } from "#scenario/choices/decode-link.ts";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { type Choices, PINNED_KEYS } from "#scenario/keys/choices.ts";
import type { Issue, Parsed } from "#scenario/keys/issues.ts";
import { quoted } from "#scenario/keys/codec/codec.ts";
import { encodeText } from "#scenario/choices/encode-link.ts";
import { nearestNames, notKnownOf } from "#scenario/choices/not-known.ts";
import { notKnownSentence } from "#scenario/choices/answer.ts";

const heldBeside = (key: string, text: string): Issue => ({
  code: "ignored-here",
  key,
  value: quoted(text),
  used: "",
  message: `${key}=${quoted(text)} is a further scenario, which the page shows beside the first; the terminal answers for the first alone.`,
});

/** Reads a link for the terminal, which answers for one scenario: further ones are reported. */
export const readLink = (search: string): Parsed<Choices> => {
  const { value, issues } = decodeLink(search, FULL_CATALOG);
  const given = new URLSearchParams(search);
  const beside = PINNED_KEYS.flatMap((key) => (given.has(key) ? [heldBeside(key, given.get(key) ?? "")] : []));
  return { value, issues: [...issues, ...beside] };
};

const ADDRESS = /^(?:https?|file):\/\//i;

/**
 * The part of a link that `decodeLink` reads: what is between `?` and `#` of an address, or the text itself when it begins with `?` or has a key.
 *
 * @returns null where the text is no link at all
 */
export const linkSearch = (text: string): string | null => {
  const [link = ""] = text.trim().split("#");
  const question = link.indexOf("?");
  if (ADDRESS.test(link)) return question === -1 ? "" : link.slice(question);
  if (question > 0 && !link.slice(0, question).includes("=")) return link.slice(question);
  return link.startsWith("?") || link.includes("=") ? link : null;
};

const SHOWN_LENGTH = 80;

/** The sentence about a text that is no link. */
export const notALink = (text: string): string =>
  `${JSON.stringify(text.slice(0, SHOWN_LENGTH))} is not a link: it has no key=value.`;

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
  if (search === null) throw new TypeError(notALink(given));
  return search;
};

/**
 * What was given as choices, with an issue for each key or value that could not be taken as it was.
 *
 * @throws TypeError where a text is no link at all
 */
export const readGiven = (given: Given): Parsed<Choices> => readLink(givenSearch(given));

/** The sentence in the place of an answer, and names to choose from. */
type NotKnownJson = Readonly<{ notKnown: string | null; nearest: readonly string[] }>;

/** Says what of these choices is not known; `notKnown` is null where everything is. */
export const notKnownJson = (choices: Choices): NotKnownJson => {
  const all = notKnownOf(choices, FULL_CATALOG);
  return { notKnown: all.length === 0 ? null : notKnownSentence(all), nearest: nearestNames(all) };
};

/** The same in lines of text; none where everything is known. */
export const notKnownLines = ({ notKnown, nearest }: NotKnownJson): readonly string[] => {
  if (notKnown === null) return [];
  return nearest.length === 0 ? [notKnown] : [notKnown, `Nearest: ${nearest.join(", ")}.`];
};

/** A link begins with its `?`, or with an address; all else is a file, whose name may have any sign. */
const LINK = /^(?:https?:\/\/[^?]*)?\?/i;

/** The links among the arguments of a command that takes files, and its files. */
export const splitLinks = (
  args: readonly string[],
): Readonly<{ links: readonly string[]; files: readonly string[] }> => ({
  links: args.filter((each) => LINK.test(each)),
  files: args.filter((each) => !LINK.test(each)),
});

/** A link as it was given, and from its `?` on. */
type OneLink = Readonly<{ link: string; search: string }>;

/**
 * The link of a command that takes one.
 *
 * @param links what was given that is no option
 * @param after what a link has to follow, where it is not the command itself
 * @returns or what is wrong, as a sentence
 */
export const oneLink = (
  links: readonly string[],
  { command, after }: Readonly<{ command: string; after?: string }>,
): OneLink | string => {
  const [link, ...others] = links;
  if (link === undefined) return `There is no link${after === undefined ? "" : ` after ${after}`}.`;
  if (others.length > 0) return `${command} takes one link.`;
  const search = linkSearch(link);
  return search === null ? notALink(link) : { link, search };
};
