// Import of training files with a link, a GPU, and a GPU count that override them.

import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import type { Finding, GivenFile } from "#interop/import/source-fields.ts";
import { importFiles } from "#interop/import/import-files.ts";
import type { Imported } from "#interop/import/import-result.ts";
import type { LinkKey, Choices, LinkTexts } from "#scenario/keys/choices.ts";
import { LINK_KEYS, encodeText } from "#scenario/choices/encode-link.ts";
import { nearestGpus } from "#catalog/search.ts";
import { joinWithAnd } from "#format/phrases.ts";
import { decodeLink, splitLink } from "#scenario/choices/decode-link.ts";
import type { Issue } from "#scenario/keys/issues.ts";

/** Keys that say how GPUs share a run. */
const SHARING = ["shard", "tp", "cp", "ulysses", "pp", "ep"] as const satisfies readonly LinkKey[];

const toldOf = ({ texts, from }: Overrides): readonly Finding[] =>
  LINK_KEYS.flatMap((key): readonly Finding[] => {
    const text = texts[key];
    return text === undefined
      ? []
      : [{ kind: "read", field: { file: from, path: key, value: text, line: 1 }, key, text }];
  });

const COPIES: Finding = {
  kind: "assumed",
  key: "shard",
  text: "ddp",
  sentence: "Several GPUs, and nothing that divides a model among them: each has all of it.",
};

/** Whether several GPUs were told, and neither files nor command say how they share the run. */
const isUnshared = (imported: Imported, { texts }: Overrides): boolean => {
  if (imported.kind === "refused" || Number(texts["gpus"] ?? 1) < 2) return false;
  const { choices, lists } = imported;
  const isSaid = SHARING.some((key) => texts[key] !== undefined || lists.read.some((line) => line.key === key));
  return !isSaid && (choices.shard === null || choices.shard === "none");
};

/** The scenario of files with what goes before them. Several GPUs that were told without a word of sharing each have all of the model, as a launcher starts them. */
export const importWithOverrides = (files: readonly GivenFile[], before: Overrides): Imported => {
  const look = { catalog: FULL_CATALOG, base: before.base };
  const told = toldOf(before);
  const imported = importFiles(files, { ...look, over: told });
  return isUnshared(imported, before) ? importFiles(files, { ...look, over: [...told, COPIES] }) : imported;
};

/** What a check was told beside files: it goes before all that they say. */
export type Overrides = Readonly<{
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
  return ids.length === 0 ? "" : ` Near it are ${joinWithAnd(ids.map(({ id }) => id))}.`;
};

/** "gpu=h200 is not ...": of an argument nothing else is used, as a link's value would be. */
const complaintOf = (issue: Issue): string => `${issue.message.replace(/; .*$/, ".")}${nearest(issue)}`;

/**
 * Reads what a check was told beside files: a link's keys, and the card. Unlike a link on the page, what cannot be read is no scenario.
 *
 * @param search of the link; empty where there is none
 * @returns or the first thing that cannot be read, as a sentence
 */
export const readOverrides = (
  search: string,
  { gpu, gpus }: Readonly<{ gpu: string | null; gpus: string | null }>,
): Overrides | string => {
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
