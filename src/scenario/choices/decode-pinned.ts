// Reading of the further scenarios in a link, and the order of issues by their effect.

import type { Catalog } from "#catalog/catalog.ts";
import { asScenario } from "./settle.ts";
import { type Choices, PINNED_KEYS } from "#scenario/keys/choices.ts";
import { type Texts, quoted } from "#scenario/keys/codec/codec.ts";
import { decodeLink } from "./decode-link.ts";
import { isNotKnownIssue, type Issue, type Parsed } from "#scenario/keys/issues.ts";
import { DEFAULT_TEXTS, PAGE_KEYS, SCENARIO_KEYS, linkTexts } from "./encode-link.ts";

/** A part as key and value; what has no colon is a key without a value. */
const pairOf = (part: string): readonly [string, string] => {
  const colon = part.indexOf(":");
  return colon < 0 ? [part.trim(), ""] : [part.slice(0, colon).trim(), part.slice(colon + 1)];
};

/** The parts of one further scenario, those that belong to the page apart. */
const partsOf = (text: string) => {
  const pairs = text.split(";").flatMap((part) => (part.trim() === "" ? [] : [pairOf(part)]));
  return {
    parts: pairs.filter(([key]) => !PAGE_KEYS.includes(key)),
    strays: pairs.filter(([key]) => PAGE_KEYS.includes(key)),
  };
};

/** The link of one further scenario, whole. A default is left out, so that a value that only it may have is not asked for beside another method. */
const wholeLink = (parts: readonly (readonly [string, string])[], base: Texts): string => {
  const keys = new URLSearchParams({ v: DEFAULT_TEXTS["v"] ?? "" });
  for (const key of SCENARIO_KEYS) if (base[key] !== undefined) keys.set(key, base[key]);
  for (const [key, value] of parts) {
    if (value === "") keys.delete(key);
    else keys.set(key, value);
  }
  for (const key of SCENARIO_KEYS) if (keys.get(key) === DEFAULT_TEXTS[key]) keys.delete(key);
  return `?${keys}`;
};

const stray = ([key, value]: readonly [string, string]): Issue => ({
  code: "ignored-here",
  key,
  value: quoted(value),
  used: "",
  message: `${key}=${quoted(value)} belongs to the page, not to one of its scenarios; it is left out.`,
});

const inKey = (key: string, issue: Issue): Issue => ({
  ...issue,
  key: `${key}.${issue.key}`,
  message: `${key}: ${issue.message}`,
});

/** Reads one further scenario over the texts of the first. */
const decodeOne = (text: string, base: Texts, catalog: Catalog | null): Parsed<Choices> => {
  const { parts, strays } = partsOf(text);
  const { value, issues } = decodeLink(wholeLink(parts, base), catalog);
  // What the first scenario named in vain is said of the first.
  const own = issues.filter((issue) => !isNotKnownIssue(issue) || parts.some(([key]) => key === issue.key));
  return { value: asScenario(value), issues: [...strays.map(stray), ...own] };
};

/**
 * Reads the further scenarios of a link, each over the first one's choices. Total, as `decodeLink`: what cannot be taken is reported under its letter.
 *
 * @param choices of the link's first scenario
 */
export const decodePinned = (search: string, choices: Choices, catalog: Catalog | null): Parsed<readonly Choices[]> => {
  const parameters = new URLSearchParams(search);
  const base = linkTexts(choices);
  const given = PINNED_KEYS.filter((key) => parameters.has(key));
  const read = given.map((key) => ({ key, ...decodeOne(parameters.get(key) ?? "", base, catalog) }));
  return {
    value: read.map(({ value }) => value),
    issues: read.flatMap(({ key, issues }) => issues.map((issue) => inKey(key, issue))),
  };
};
