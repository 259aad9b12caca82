import { AxeBuilder } from "@axe-core/playwright";
import { launchBrowser } from "../house/serve-build.mjs";
import { askEmbeds } from "./ask-embeds.mjs";
import { openLive } from "./open-live.mjs";

/** @typedef {import("@playwright/test").Page} Tab @typedef {Readonly<{ check: string, wrong: readonly string[] }>} Check */

const WIDTHS = [1440, 390];

/** What a tab complains of from now on: errors, and requests to other places than `url`. @param {Tab} tab @param {string} url */
const complaintsOf = (tab, url) => {
  /** @type {string[]} */
  const wrong = [];
  tab.on("console", (message) => message.type() === "error" && wrong.push(`console: ${message.text()}`));
  tab.on("pageerror", (error) => wrong.push(`error: ${error.message}`));
  tab.on("request", (request) => {
    const isOurs = request.url().startsWith(new URL(url).origin) || /^(?:data|blob):/.test(request.url());
    if (!isOurs) wrong.push(`asks ${request.url()}`);
  });
  return wrong;
};

/**
 * Opens a page at each width: nothing may go wrong, nobody else may be asked, and the page must not scroll sideways.
 *
 * @param {Tab} tab @param {string} url @param {string} page
 * @returns {Promise<readonly Check[]>}
 */
const openPage = async (tab, url, page) => {
  const wrong = complaintsOf(tab, url);
  for (const width of WIDTHS) {
    await tab.setViewportSize({ width, height: 900 });
    await openLive(tab, `${url}${page}`);
    const wide = await tab.evaluate(() => document.documentElement.scrollWidth);
    if (wide > width) wrong.push(`is ${wide} px wide on ${width}`);
    if ((await tab.locator("#VPContent h1").count()) !== 1) wrong.push("has no heading, or more than one");
  }
  return [{ check: `${page} opens`, wrong }];
};

/** @param {Tab} tab @param {string} url @param {string} page @returns {Promise<readonly Check[]>} */
const askAxe = async (tab, url, page) => {
  /** @type {Check[]} */
  const checks = [];
  for (const colorScheme of /** @type {const} */ (["light", "dark"])) {
    await tab.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    await tab.setViewportSize({ width: 1440, height: 900 });
    await openLive(tab, `${url}${page}`);
    const { violations, passes } = await new AxeBuilder({ page: tab })
      .exclude("headroom-calculator")
      .setLegacyMode()
      .analyze();
    const found = violations.map(
      ({ id, nodes }) =>
        `${id}: ${nodes
          .slice(0, 3)
          .map(({ html }) => html)
          .join(" ")}`,
    );
    const wrong = passes.length === 0 ? ["axe looked at nothing"] : found;
    checks.push({ check: `axe on ${page}, ${colorScheme}`, wrong });
  }
  return checks;
};

/**
 * Looks at the site in a browser.
 *
 * @param {Readonly<{ url: string, pages: readonly string[], looked: readonly string[], embedding: readonly string[] }>} site `pages`: all; `looked`: those
 * that axe looks at; `embedding`: those with live embeds
 * @returns {Promise<readonly Check[]>}
 */
export const checkPages = async ({ url, pages, looked, embedding }) => {
  const browser = await launchBrowser();
  /** @type {Check[]} */
  const checks = [];
  /** What cannot be looked at is a failure, too. @param {string} page @param {(tab: Tab, url: string, page: string) => Promise<readonly Check[]>} ask */
  const inTab = async (page, ask) => {
    const context = await browser.newContext();
    const tab = await context.newPage();
    checks.push(...(await ask(tab, url, page).catch((error) => [{ check: page, wrong: [String(error)] }])));
    await context.close();
  };
  for (const page of pages) await inTab(page, openPage);
  for (const page of looked) await inTab(page, askAxe);
  for (const page of embedding) await inTab(page, askEmbeds);
  await browser.close();
  return checks;
};
