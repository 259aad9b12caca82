import { decodeLink } from "#scenario/choices/decode-link.ts";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import type { Issue, Parsed } from "#scenario/choices/issue.ts";
import { quoted } from "#scenario/keys/codec/quoted.ts";
import { PINNED_KEYS } from "#scenario/keys/pinned-keys.ts";

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
