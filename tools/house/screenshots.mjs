// npm run screenshots [-- LINK]: pictures of the built page into test-results/screenshots: 1440 and 390 px, light and dark, and the embed.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./run-command.mjs";
import { launchBrowser, serveBuild } from "./serve-build.mjs";

const link = new URLSearchParams(process.argv[2] ?? "");
const folder = join(ROOT, "test-results", "screenshots");
mkdirSync(folder, { recursive: true });

const { url, close } = await serveBuild();
const browser = await launchBrowser();

/**
 * Panels further down are fetched and drawn when they come near the view: goes there until the page grows no more, then back.
 *
 * @param {import("@playwright/test").Page} page
 */
const settle = async (page) => {
  const height = () => page.evaluate(() => document.documentElement.scrollHeight);
  for (let before = -1, now = await height(); before !== now; before = now, now = await height()) {
    await page.mouse.wheel(0, now);
    await page.waitForTimeout(500);
    await page.waitForLoadState("networkidle");
  }
  await page.evaluate(() => scrollTo(0, 0));
};

/** @param {string} name @param {Readonly<{ width: number, height: number }>} viewport @param {Record<string, string>} [keys] */
const take = async (name, viewport, keys = {}) => {
  for (const theme of ["light", "dark"]) {
    const page = await browser.newPage({ viewport, reducedMotion: "reduce" });
    await page.goto(`${url}?${new URLSearchParams([...link, ...Object.entries({ ...keys, theme })])}`);
    await page.getByRole("main").waitFor();
    await settle(page);
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
