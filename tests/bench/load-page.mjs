import { CATEGORIES, readTrace } from "./read-trace.mjs";
import { untilIdle } from "./until-idle.mjs";
import { takeWatched, watchPage, ZERO_MARK } from "./watch-page.mjs";

/**
 * @typedef {Readonly<{ threads: import("./read-trace.mjs").PageTimes, watched: import("./watch-page.mjs").Watched, rate: number }>} Load
 * What the page's threads did until it was idle, what was seen in it, and how many times its main thread was slowed down.
 */

/**
 * Opens a page on a phone that has seen nothing before, does nothing, and waits until it is idle.
 *
 * Chromium slows down the main thread alone. It refuses `Emulation.setCPUThrottlingRate` for workers ("only supported for pages"), and that of
 * the page does not reach them.
 *
 * @param {import("@playwright/test").Browser} browser
 * @param {Readonly<{ url: string, rate: number }>} options
 * @returns {Promise<Load>}
 */
export const loadPage = async (browser, { url, rate }) => {
  const context = await browser.newContext({
    viewport: { width: 390, height: 844 },
    isMobile: true,
    hasTouch: true,
    serviceWorkers: "block",
  });
  const page = await context.newPage();
  const session = await context.newCDPSession(page);
  await watchPage(page);
  const idle = await untilIdle(page, session);
  await session.send("Emulation.setCPUThrottlingRate", { rate });
  await browser.startTracing(page, { categories: CATEGORIES });
  await page.goto(url);
  await idle();
  const trace = await browser.stopTracing();
  const watched = await takeWatched(page);
  await context.close();
  return { threads: readTrace(JSON.parse(trace.toString()).traceEvents, ZERO_MARK), watched, rate };
};
