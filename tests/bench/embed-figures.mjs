import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { inTurn } from "./in-turn.mjs";
import { printColumns } from "./print-columns.mjs";
import { summarise } from "./statistics.mjs";

/** Each asks for another model, so that none finds its answer made. */
const LINKS = ["qwen2.5-7b", "gemma-2-9b", "mistral-7b", "phi-4"].map(
  (model) => `?v=1&embed=1&model=${model}&seq=1024`,
);
const COUNTS = /** @type {const} */ ([1, LINKS.length]);
/** After the last answer, until what loading left behind has been collected. */
const SETTLES_MS = 1500;

/** @typedef {Readonly<{ last: number, memory: number }>} Embedded milliseconds to the last answer, megabytes of all renderers then */

/** Serves a page of somebody else's with so many embeds. @param {string} url @param {number} count */
const hostOf = async (url, count) => {
  const frames = LINKS.slice(0, count).map((link) => `<iframe width="640" height="420" src="${url}${link}"></iframe>`);
  const server = createServer((_, response) => {
    response.setHeader("content-type", "text/html; charset=utf-8");
    response.end(`<!doctype html><title>Docs</title>${frames.join("")}`);
  });
  await new Promise((resolve) => void server.listen(0, () => resolve(undefined)));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The host page has no port.");
  return { url: `http://localhost:${address.port}/`, close: () => void server.close() };
};

/** What a process takes of memory that it has to itself, and its part of what it shares; not a number where the system does not say. @param {number} id */
const proportionalKilobytes = (id) => {
  try {
    return Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${id}/smaps_rollup`, "utf8"))?.[1]);
  } catch {
    return Number.NaN;
  }
};

/** @param {import("@playwright/test").Browser} browser */
const renderersMegabytes = async (browser) => {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send("SystemInfo.getProcessInfo");
  await session.detach();
  const renderers = processInfo.filter(({ type }) => type === "renderer");
  return (renderers.reduce((sum, { id }) => sum + proportionalKilobytes(id), 0) * 1024) / 1e6;
};

/**
 * Opens a page with so many embeds.
 *
 * @param {import("@playwright/test").Browser} browser
 * @param {string} url
 * @param {number} count
 * @returns {Promise<Embedded>}
 */
const openEmbeds = async (browser, url, count) => {
  const host = await hostOf(url, count);
  const context = await browser.newContext({ serviceWorkers: "block" });
  const page = await context.newPage();
  const begun = performance.now();
  await page.goto(host.url, { waitUntil: "commit" });
  await Promise.all(
    Array.from({ length: count }, (_, at) =>
      page
        .frameLocator("iframe")
        .nth(at)
        .locator("html:not([data-answer]) [aria-label='Memory by method'] button")
        .first()
        .waitFor(),
    ),
  );
  const last = performance.now() - begun;
  await page.waitForTimeout(SETTLES_MS);
  const memory = await renderersMegabytes(browser);
  await context.close();
  host.close();
  return { last, memory };
};

/**
 * Opens pages with one embed and with several, each of which has a worker of its own, in turn on each side.
 *
 * @param {import("@playwright/test").Browser} browser
 * @param {readonly import("./in-turn.mjs").Side[]} sides
 * @param {number} rounds
 * @returns {Promise<readonly string[]>} headlines
 */
export const printEmbeds = async (browser, sides, rounds) => {
  /** @type {string[]} */
  const headlines = [];
  for (const count of COUNTS) {
    const opened = await inTurn(sides, rounds, ({ url }) => openEmbeds(browser, url, count));
    const title = count === 1 ? "One embed on a page" : `${count} embeds on a page`;
    printColumns(
      `${title}, median (5 to 95 %) of ${rounds} rounds`,
      sides.map(({ name }) => name),
      [
        { title: "last answer drawn, ms", samples: opened.map((side) => side.map(({ last }) => last)) },
        { title: "renderers' memory, MB", samples: opened.map((side) => side.map(({ memory }) => memory)) },
      ],
    );
    const medians = opened.map((side) => summarise(side.map(({ memory }) => memory)).median.toFixed(0));
    headlines.push(`${title}: ${medians.join(" -> ")} MB`);
  }
  return headlines;
};
