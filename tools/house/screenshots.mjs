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

/** @param {string} name @param {Readonly<{ width: number, height: number }>} viewport @param {Record<string, string>} [keys] */
const take = async (name, viewport, keys = {}) => {
  for (const theme of ["light", "dark"]) {
    const page = await browser.newPage({ viewport, reducedMotion: "reduce" });
    await page.goto(`${url}?${new URLSearchParams([...link, ...Object.entries({ ...keys, theme })])}`);
    await page.getByRole("main").waitFor();
    await page.waitForLoadState("networkidle");
    const path = join(folder, `${name}-${theme}.png`);
    await page.screenshot({ path, fullPage: !("embed" in keys) });
    await page.close();
    console.log(path);
  }
};

await take("desktop", { width: 1440, height: 900 });
await take("phone", { width: 390, height: 844 });
await take("embed", { width: 640, height: 420 }, { embed: "1" });
await browser.close();
await close();
