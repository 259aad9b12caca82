import { nearestGpus } from "#catalog/find-gpus.ts";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { listed } from "#format/listed.ts";
import type { Choices, LinkTexts } from "#scenario/keys/choices.ts";
import { decodeLink } from "#scenario/choices/decode-link.ts";
import type { Issue } from "#scenario/choices/issue.ts";
import { splitLink } from "#scenario/choices/split-link.ts";
import { encodeText, LINK_KEYS } from "#scenario/choices/url.ts";

/** What a check was told beside files: it goes before all that they say. */
export type GoesBefore = Readonly<{
  /** Each key of the link that was told, and its text. */
  texts: LinkTexts;
  /** The same as choices: what files are only a part of. */
  base: Choices;
  /** Whether a link said any of it: the rest of a run of which files say a part. */
  isLinked: boolean;
  /** Who says so, for the lists of what was read. */
  from: string;
}>;

/** Keys of the page: what it shows, and how it looks. */
const OF_THE_PAGE = new Set(["v", "show", "embed", "theme", "only", "hide", "lock"]);

/** So many names stand for one that is not found. */
const MOST_NEAREST = 3;

const nearest = ({ key, value }: Issue): string => {
  if (key !== "gpu") return "";
  const ids = nearestGpus(FULL_CATALOG, value).slice(0, MOST_NEAREST);
  return ids.length === 0 ? "" : ` Near it are ${listed(ids.map(({ id }) => id))}.`;
};

/** "gpu=h200 is not ...": of an argument nothing else is used, as a link's value would be. */
const complaintOf = (issue: Issue): string => `${issue.message.replace(/; .*$/, ".")}${nearest(issue)}`;

/**
 * Reads what a check was told beside files: a link's keys, and the card. Unlike a link on the page, what cannot be read is no scenario.
 *
 * @param search of the link; empty where there is none
 * @returns or the first thing that cannot be read, as a sentence
 */
export const readGoesBefore = (
  search: string,
  { gpu, gpus }: Readonly<{ gpu: string | null; gpus: string | null }>,
): GoesBefore | string => {
  const { texts: given, issues: notTaken } = splitLink(search, LINK_KEYS);
  const ofCard = { ...(gpu !== null && { gpu }), ...(gpus !== null && { gpus }) };
  // The memory of a card of the link's own is not that of another card.
  const isLeftOut = (key: string): boolean => OF_THE_PAGE.has(key) || (key === "vram" && gpu !== null);
  const texts = Object.fromEntries(
    Object.entries({ ...given, ...ofCard }).flatMap(([key, text]) =>
      text === undefined || isLeftOut(key) ? [] : [[key, text] as const],
    ),
  );
  const link = `?${Object.entries(texts)
    .map(([key, text]) => `${key}=${encodeText(text)}`)
    .join("&")}`;
  const { value, issues } = decodeLink(link, FULL_CATALOG);
  // What does not go with another key may go with what the files say.
  const [first] = [...notTaken, ...issues.filter(({ code }) => code !== "ignored-here")];
  return first === undefined
    ? { texts, base: value, isLinked: Object.keys(given).some((key) => !isLeftOut(key)), from: "the command" }
    : complaintOf(first);
};
