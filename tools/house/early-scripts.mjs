import { launchBrowser } from "./serve-build.mjs";
import { serveFolder } from "./static-server.mjs";

/** The time in which the page loads what it needs soon, in milliseconds. */
const FIRST_SECONDS = 10_000;

/**
 * The scripts of a built page that its own thread loads in the first ten seconds while nobody touches it, in the order of their requests. What the worker
 * loads is not among them.
 *
 * @param {string} dist folder of the built page
 * @returns {Promise<readonly string[]>} paths inside `dist`
 */
export const earlyScripts = async (dist) => {
  const { port, close } = await serveFolder({ folder: dist });
  const browser = await launchBrowser();
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  const origin = `http://localhost:${port}/`;
  await page.goto(origin);
  await page.waitForTimeout(FIRST_SECONDS);
  const addresses = await page.evaluate(() => performance.getEntriesByType("resource").map(({ name }) => name));
  await browser.close();
  await close();
  const files = addresses.map((address) => address.replace(origin, ""));
  return [...new Set(files)].filter((file) => file.endsWith(".js") && !file.startsWith("assets/engine-"));
};
