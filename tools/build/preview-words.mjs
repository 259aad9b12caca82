/** The drawing of the bars that the picture has: the first one is for wide pages. */
const BARS = /<figure id="bars"[\s\S]*?<svg\b[\s\S]*?<\/svg>/;

const CARDS = /<section[^>]* aria-label="Memory by method"[\s\S]*?<\/section>/;

/** The last line of each card, which the picture has no room for. */
const LAST_LINE = /<span[^>]* data-fit="[\s\S]*?<\/button>/g;

/** A part of a bar: its place and length, and the name of its colour. */
const PART = /<rect x="([\d.]+)" y="[\d.]+" width="([\d.]+)" height="[\d.]+" fill="var\(--(\w+)\)"/g;

/** @param {string} html @param {RegExp} pattern */
const partOf = (html, pattern) => {
  const found = pattern.exec(html)?.[0];
  if (found === undefined) throw new Error(`The static page has no ${pattern.source}.`);
  return found;
};

/** What a person reads of a piece of markup, in its order. @param {string} html */
const readOf = (html) =>
  html
    .replaceAll(/<!--.*?-->/g, "")
    .split(/<[^>]*>/)
    .map((text) => text.trim())
    .filter((text) => text !== "");

/**
 * The words and figures of the static page that preview.png shows: the scenario, the verdict, the cards, and the bars with the place and length of each part in
 * whole pixels. `preview.json` keeps those of the picture, so that a picture of another answer is told without a browser.
 *
 * @param {string} page the markup of the static page
 * @returns {Readonly<{ verdict: readonly string[], cards: readonly string[], bars: readonly string[], parts: readonly string[] }>}
 */
export const previewWords = (page) => {
  const bars = partOf(page, BARS);
  return {
    verdict: readOf(partOf(page, /<section id="verdict"[\s\S]*?<\/section>/)),
    cards: readOf(partOf(page, CARDS).replaceAll(LAST_LINE, "")),
    bars: readOf(bars),
    parts: [...bars.matchAll(PART)].map(
      ([, x, width, colour]) => `${colour} from ${Math.round(Number(x))}, ${Math.round(Number(width))} long`,
    ),
  };
};
