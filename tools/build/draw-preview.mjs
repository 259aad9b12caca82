import { createHash } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { BROWSER_FLAGS, findBrowser } from "../house/browser.mjs";
import { ROOT } from "../house/run-command.mjs";
import { serveFolder } from "../house/static-server.mjs";

/** What social networks and chat programs show beside a link. */
export const PREVIEW_SIZE = { width: 1200, height: 630 };

const CACHE = join(ROOT, "node_modules", ".cache", "headroom");

/** Of the static page, the name and the answer: verdict, cards and bars. */
const STYLE = `
  #still, aside, header div, #table, #moments, #computed { display: none !important }
  header { border: 0 !important; padding: 16px 56px 0 !important; height: 44px !important }
  #root :has(> main) { display: block !important }
  main { padding: 8px 56px !important }
`;

/** @param {string} dist */
const draw = async (dist) => {
  const executablePath = await findBrowser();
  if (executablePath === null) return null;
  const { chromium } = await import("@playwright/test");
  const { port, close } = await serveFolder({ folder: dist });
  const browser = await chromium.launch({ executablePath, args: BROWSER_FLAGS });
  const page = await browser.newPage({
    viewport: PREVIEW_SIZE,
    bypassCSP: true,
    colorScheme: "light",
  });
  // The static page, which is the same at each drawing, and stays as it is.
  await page.route("**/*.js", (route) => route.abort());
  await page.goto(`http://localhost:${port}/`);
  await page.addStyleTag({ content: STYLE });
  const picture = await page.screenshot({ type: "png" });
  await browser.close();
  await close();
  return picture;
};

/**
 * The picture of the built page's own answer, as PNG: drawn by the browser that is here, once for each answer and look. null where there is no browser.
 *
 * @param {string} dist
 * @param {string} look everything that the picture is drawn from
 * @returns {Promise<Buffer | null>}
 */
export const drawPreview = async (dist, look) => {
  const kept = join(CACHE, `preview-${createHash("sha256").update(look).update(STYLE).digest("hex").slice(0, 16)}.png`);
  const known = await readFile(kept).catch(() => null);
  if (known !== null) return known;
  const picture = await draw(dist);
  if (picture === null) return null;
  await mkdir(CACHE, { recursive: true });
  await writeFile(kept, picture);
  return picture;
};
