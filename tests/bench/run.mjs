// npm run bench [-- --all --base REV --rounds N --heap --embeds --only]: how fast the engine answers and the packed program is done, when each part of the
// page is there; with --all also how much the page computes at a throttle, how smoothly sliders move, how many bytes load; with --base beside the build of another
// revision, measured in turn; with --heap what 20,000 changes leave behind, with --embeds what several embeds on one page take, with --only nothing but these two. It
// reports and never fails on a time.
import { readCommandLine, refuseCommandLine } from "../../tools/house/command-line.mjs";
import { launchBrowser, serveBuild, serveRevision } from "../../tools/house/serve-build.mjs";
import { printEmbeds } from "./embed-figures.mjs";
import { printHeaps } from "./heap-figures.mjs";
import { printLoads } from "./load-figures.mjs";
import { printNodeFigures } from "./node-figures.mjs";
import { printParts } from "./part-figures.mjs";
import { printSizes } from "./size-figures.mjs";
import { printStarts } from "./start-figures.mjs";
import { printSliders } from "./slider-figures.mjs";

const USAGE = `Usage: npm run bench -- [--all] [--base REV] [--rounds N] [--heap] [--embeds] [--only]

Times, bytes and frames: it reports and never fails on a time. In its quick form the engine, and when each part of the page is there.

  --all       the whole: also the packed program, loading, sliders, and parts at a throttle
  --base REV  beside the build of another revision of git, measured in turn
  --rounds N  so many rounds in the browser (3, of the whole 7)
  --heap      what 20,000 changes leave behind, too
  --embeds    what several embeds on one page take, too
  --only      nothing but these two`;

/**
 * A driven browser is an inspected one, and there V8 looks up the line of every error that is made, also of those that are never thrown. React makes five
 * while it is loaded; to find their lines all of it is compiled again, 20 ms that no visitor waits for. With this V8 knows the lines from the first time on.
 */
const AS_UNINSPECTED = "--js-flags=--no-enable-lazy-source-positions";

/** @param {string} text */
const parseRounds = (text) => {
  const rounds = Number(text);
  if (Number.isInteger(rounds) && rounds > 0) return rounds;
  return refuseCommandLine(`Not a number of rounds: ${text}.`, USAGE);
};

/**
 * What is measured: the other revision first, then this checkout.
 *
 * @param {string | undefined} revision
 * @returns {Promise<readonly import("./in-turn.mjs").Side[]>}
 */
const serveSides = async (revision) => {
  const here = { name: "this checkout", ...(await serveBuild()) };
  if (revision === undefined) return [here];
  const base = await serveRevision(revision);
  return [{ name: base.commit.slice(0, 8), ...base }, here];
};

const { values: options } = readCommandLine(USAGE, {
  options: {
    base: { type: "string" },
    all: { type: "boolean", default: false },
    rounds: { type: "string" },
    heap: { type: "boolean", default: false },
    embeds: { type: "boolean", default: false },
    only: { type: "boolean", default: false },
  },
});
const rounds = parseRounds(options.rounds ?? (options.all ? "7" : "3"));
const sides = await serveSides(options.base);
const { all, only } = options;
const ofNode = only ? [] : await printNodeFigures(all ? "whole" : "quick");
const ofStarts = all && !only ? await printStarts() : [];
const browser = await launchBrowser([AS_UNINSPECTED]);
const ofParts = only ? [] : await printParts(browser, sides, { rounds, isQuick: !all });
const ofLoads = all && !only ? await printLoads(browser, sides, rounds) : [];
const ofSliders = all && !only ? await printSliders(browser, sides, rounds) : [];
const ofHeaps = options.heap ? await printHeaps(browser, sides) : [];
const ofEmbeds = options.embeds ? await printEmbeds(browser, sides, rounds) : [];
await browser.close();
for (const { close } of sides) await close();
const ofSizes = only ? [] : await printSizes(sides);
console.log(
  [...ofParts, ...ofSliders, ...ofLoads, ...ofHeaps, ...ofEmbeds, ...ofNode, ...ofStarts, ...ofSizes].join(" · "),
);
