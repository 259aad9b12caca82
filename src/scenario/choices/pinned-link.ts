import type { Catalog } from "#catalog/catalog.ts";
import { asScenario } from "./as-scenario.ts";
import type { Choices } from "./choices.ts";
import type { Texts } from "#scenario/choices/codec/keyed-codec.ts";
import { DEFAULT_CHOICES } from "./defaults.ts";
import type { Issue, Parsed } from "./issue.ts";
import { quoted } from "./quoted.ts";
import { decodeLink, encodeText, LINK_KEYS, linkTexts, PINNED_KEYS } from "./url.ts";

/** What belongs to the page, not to one of its scenarios. */
const OF_THE_PAGE: readonly string[] = ["v", "embed", "theme", "only", "hide", "lock", ...PINNED_KEYS];
const SCENARIO_KEYS = LINK_KEYS.filter((key) => !OF_THE_PAGE.includes(key));

const DEFAULT_TEXTS = linkTexts(DEFAULT_CHOICES);

const encodeOne = (pinned: Choices, base: Texts): string => {
  const texts = linkTexts(pinned);
  const differing = SCENARIO_KEYS.filter((key) => texts[key] !== base[key]);
  return differing.map((key) => `${key}:${encodeText(texts[key] ?? "")}`).join(";");
};

/**
 * The part of a link that holds further scenarios, each as what differs from the first: `&b=seq:4096;gpu:h100-sxm&c=method:qlora`. Empty where there are
 * none. `key:` alone takes a value of the first away. A `;` ends no value: every codec writes letters, digits and `.,:*~-`.
 */
export const encodePinned = (choices: Choices, pinned: readonly Choices[]): string => {
  const base = linkTexts(choices);
  return pinned.map((one, index) => `&${PINNED_KEYS[index]}=${encodeOne(one, base)}`).join("");
};

/** A part as key and value; what has no colon is a key without a value. */
const pairOf = (part: string): readonly [string, string] => {
  const colon = part.indexOf(":");
  return colon < 0 ? [part.trim(), ""] : [part.slice(0, colon).trim(), part.slice(colon + 1)];
};

/** The parts of one further scenario, those that belong to the page apart. */
const partsOf = (text: string) => {
  const pairs = text.split(";").flatMap((part) => (part.trim() === "" ? [] : [pairOf(part)]));
  return {
    parts: pairs.filter(([key]) => !OF_THE_PAGE.includes(key)),
    strays: pairs.filter(([key]) => OF_THE_PAGE.includes(key)),
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
  return { value: asScenario(value), issues: [...strays.map(stray), ...issues] };
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
