import { inTurn } from "./in-turn.mjs";
import { printColumns } from "./print-columns.mjs";
import { CPU_SLOWDOWN } from "./slowdown.mjs";
import { summarise } from "./statistics.mjs";

/** Scenarios whose advice asks for much: one change makes it fit, five do, several GPUs share it. */
const LINKS = [
  "?v=1&batch=2&seq=4096",
  "?v=1&model=qwen2.5-14b&batch=8&seq=8192&ckpt=0",
  "?v=1&model=llama-3.1-70b&gpus=8&gpu=h100-sxm",
];

/** Parts that follow the answer, and what holds each of them. */
const PARTS = {
  "the first line of advice": "[aria-label='What to change first']",
  "all of What to change": "#changes [aria-busy]",
  "the matrix": "#fits [aria-busy]",
  "the sweep": "#sweep [aria-busy]",
};

/** All panels are near in a window this high. */
const VIEWPORT = { width: 1440, height: 7000 };
/** A part that is there and stays so for this long is done. */
const SETTLED_MS = 1500;
const LONGEST_MS = 60_000;
const LENGTH = "Sequence length";

/** @typedef {Readonly<Record<string, number>>} Times milliseconds until each part says the answer */

/**
 * In the page: waits until every part is there, and says when each came.
 *
 * @param {Readonly<{ parts: Readonly<Record<string, string>>, settled: number, longest: number, from: number }>} asked
 */
const watchParts = async ({ parts, settled, longest, from }) => {
  /** @type {Record<string, number>} */
  const at = {};
  const end = performance.now() + longest;
  let since = performance.now();
  while (performance.now() < end && performance.now() - since < settled) {
    for (const [name, selector] of Object.entries(parts)) {
      const part = document.querySelector(selector);
      const isThere = part?.getAttribute("aria-busy") === "false" && part.textContent !== "";
      if (isThere && at[name] === undefined) at[name] = performance.now() - from;
      if (!isThere) {
        delete at[name];
        since = performance.now();
      }
    }
    await new Promise((resolve) => setTimeout(resolve, 4));
  }
  return at;
};

/**
 * Opens a link in a fresh browser context, then makes the sequence one step longer: when each part says the answer to either.
 *
 * @param {import("@playwright/test").Browser} browser
 * @param {Readonly<{ url: string, rate: number }>} options
 * @returns {Promise<Readonly<{ opened: Times, changed: Times }>>}
 */
const partTimes = async (browser, { url, rate }) => {
  const context = await browser.newContext({ viewport: VIEWPORT, serviceWorkers: "block" });
  const page = await context.newPage();
  const session = await context.newCDPSession(page);
  await session.send("Emulation.setCPUThrottlingRate", { rate });
  const asked = { parts: PARTS, settled: SETTLED_MS, longest: LONGEST_MS };
  await page.goto(url, { waitUntil: "commit" });
  const opened = await page.evaluate(watchParts, { ...asked, from: 0 });
  await page.getByRole("slider", { name: LENGTH }).first().press("ArrowRight");
  const from = await page.evaluate(() => performance.now());
  const changed = await page.evaluate(watchParts, { ...asked, from });
  await context.close();
  return { opened, changed };
};

/**
 * When each part that follows the answer is there: after a link was opened, and after its sequence was made longer.
 *
 * @param {import("@playwright/test").Browser} browser
 * @param {readonly import("./in-turn.mjs").Side[]} sides
 * @param {Readonly<{ rounds: number, isQuick: boolean }>} options `isQuick`: the first link alone, without a throttle
 * @returns {Promise<readonly string[]>} headlines
 */
export const printParts = async (browser, sides, { rounds, isQuick }) => {
  const names = sides.map(({ name }) => name);
  /** @type {string[]} */
  const headlines = [];
  for (const rate of isQuick ? [1] : [1, CPU_SLOWDOWN])
    for (const link of isQuick ? LINKS.slice(0, 1) : LINKS) {
      const times = await inTurn(sides, rounds, ({ url }) => partTimes(browser, { url: `${url}${link}`, rate }));
      for (const moment of /** @type {const} */ (["opened", "changed"])) {
        const rows = Object.keys(PARTS).map((title) => ({
          title,
          samples: times.map((side) => side.map((round) => round[moment][title] ?? Number.NaN)),
        }));
        const after = moment === "opened" ? "the link was opened" : "its sequence was made longer";
        const throttle = rate === 1 ? "without a throttle" : `at ${rate}x CPU throttle of the page's own thread`;
        printColumns(`Milliseconds until a part is there after ${after}, ${throttle}: ${link}`, names, rows);
        const [first] = rows;
        if (first !== undefined && moment === "changed")
          headlines.push(
            `first line ${first.samples.map((each) => summarise(each).median.toFixed(0)).join(" -> ")} ms at ${rate}x`,
          );
      }
    }
  return headlines;
};
