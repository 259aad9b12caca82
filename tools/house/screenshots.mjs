// npm run screenshots [-- LINK]: pictures of the built page into test-results/screenshots: 1440 and 390 px, light and dark, and the embed.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { readCommandLine } from "./command-line.mjs";
import { ROOT } from "./run-command.mjs";
import { launchBrowser, serveBuild } from "./serve-build.mjs";

const { positionals } = readCommandLine(
  `Usage: npm run screenshots -- [LINK]

Pictures of the built page into test-results/screenshots: 1440 and 390 px, light and dark, and the embed. LINK: ?v=1&model=llama-3.1-8b, of which page.`,
  { most: 1 },
);
const link = new URLSearchParams(positionals[0] ?? "");
const folder = join(ROOT, "test-results", "screenshots");
mkdirSync(folder, { recursive: true });

const { url, close } = await serveBuild();
const browser = await launchBrowser();

/**
 * Panels further down are fetched and drawn when they come near the view: goes down a view at a time, however the page grows, then back.
 *
 * @param {import("@playwright/test").Page} page @param {number} viewHeight
 */
const settle = async (page, viewHeight) => {
  const height = () => page.evaluate(() => document.documentElement.scrollHeight);
  for (let top = 0; top < (await height()); top += viewHeight) {
    await page.evaluate((y) => scrollTo(0, y), top);
    await page.waitForTimeout(250);
    await page.waitForLoadState("networkidle");
  }
  await page.evaluate(() => scrollTo(0, 0));
  // Advice with the full catalog is reckoned in slices.
  await page.waitForTimeout(2000);
};

/** @param {string} name @param {Readonly<{ width: number, height: number }>} viewport @param {Record<string, string>} [keys] */
const take = async (name, viewport, keys = {}) => {
  for (const theme of ["light", "dark"]) {
    const page = await browser.newPage({ viewport, reducedMotion: "reduce" });
    await page.goto(`${url}?${new URLSearchParams([...link, ...Object.entries({ ...keys, theme })])}`);
    await page.getByRole("main").waitFor();
    await settle(page, viewport.height);
    const path = join(folder, `${name}-${theme}.png`);
    await page.screenshot({ path, fullPage: !("embed" in keys) });
    await page.close();
    console.log(path);
  }
};

await take("desktop", { width: 1440, height: 1300 });
await take("phone", { width: 390, height: 844 });
await take("embed", { width: 640, height: 420 }, { embed: "1" });
await browser.close();
await close();
