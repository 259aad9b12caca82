import { expect, type Page } from "@playwright/test";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { STACKS } from "#catalog/stacks.ts";
import { WORDS as KEY_WORDS } from "#scenario/words/key-words.ts";
import type { Look } from "./look.ts";

const named = (rows: Readonly<Record<string, Readonly<{ name: string }>>>): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(rows).map(([id, { name }]) => [id, name]));

/** Values of a link that are no words, and no numbers: what the page calls them is another thing. */
const IDS = [
  named(FULL_CATALOG.models),
  named(FULL_CATALOG.gpus),
  named(STACKS),
  ...Object.values(KEY_WORDS).map(({ values = {} }) => values),
]
  .flatMap((names) => Object.entries(names))
  .filter(([id, name]) => /[\d_-]/.test(id) && !/^\d+$/.test(id) && !name.includes(id))
  .map(([id]) => id);

/** Phrases that the page once had and nobody understood. */
const GONE = ["One’s own machine", "One's own machine", "bytes, whatever the batch"];

/** What is read on the page: each text that is seen, the options of selects too; not code, lines of files, links to sources, and fields. */
const wordsOf = (page: Page): Promise<readonly string[]> =>
  page.evaluate(() => {
    const texts: string[] = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
      const { parentElement: around, textContent: text } = node;
      if (around === null || text === null || text.trim() === "") continue;
      const isOption = around.matches("option") && around.closest("select")?.checkVisibility() === true;
      const isSeen = isOption || around.checkVisibility({ visibilityProperty: true });
      if (isSeen && around.closest("code, pre, a, textarea, script, style") === null) texts.push(text);
    }
    return texts;
  });

const WORD_BOUNDARIES = [String.raw`(?<![\w./=-])`, String.raw`(?![\w/=-]|\.\d)`] as const;

const idsIn = (text: string): readonly string[] => {
  // What a link may say is spelled as a link spells it.
  const said = text
    .replace(/ is none of [^;]*;/, "")
    // The format of a tensor stands behind its shape as PyTorch writes it.
    .replace(/\[[\d, ]+\] \w+/, "");
  return IDS.filter((id) => said.includes(id)).filter((id) =>
    new RegExp(WORD_BOUNDARIES.join(id.replaceAll(".", String.raw`\.`))).test(said),
  );
};

/** Of a page that is open as far as it can be. */
export const WORDS: Look = {
  name: "nobody reads an id where a name is meant, or a phrase that is gone",
  at: async (page) => {
    const words = await wordsOf(page);
    expect(words.length).toBeGreaterThan(400);
    for (const phrase of GONE) expect(words.filter((text) => text.includes(phrase))).toEqual([]);
    expect(words.flatMap((text) => idsIn(text).map((id) => `${id}: ${text}`))).toEqual([]);
  },
};
