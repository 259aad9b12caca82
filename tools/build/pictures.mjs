// npm run pictures: draws public/preview.png, of today's answer, the icons that are made of public/icon.svg, and the screen that README.md shows. The build copies what is
// in public/ as it is.
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { readCommandLine } from "../house/command-line.mjs";
import { ROOT } from "../house/run-command.mjs";
import { launchBrowser, serveBuild } from "../house/serve-build.mjs";
import { asIco, drawIcon, FAVICON_SIZE, ICONS } from "./icons.mjs";
import { drawPreview } from "./preview-picture.mjs";
import { previewWords } from "./preview-words.mjs";

readCommandLine(`Usage: npm run pictures

Builds the page and draws, with a browser, what of public/ is pictures: preview.png of today's answer, and the icons, of icon.svg; and docs/screen.png.`);

/** What the first screen shows at this size: all of the answer, and where the run and the table begin. */
const SCREEN = { width: 1440, height: 1110 };

const { url, dist, close } = await serveBuild();
const browser = await launchBrowser();

/** @param {string} file @param {Buffer} bytes */
const keep = async (file, bytes, folder = "public") => {
  await writeFile(join(ROOT, folder, file), bytes);
  console.log(`${bytes.length.toLocaleString("en").padStart(7)} bytes  ${folder}/${file}`);
};

/** The page as it stands once everything on its first screen has come: the run's moments are counted last. */
const drawScreen = async () => {
  const page = await browser.newPage({ viewport: SCREEN, reducedMotion: "reduce" });
  await page.goto(`${url}?theme=light`);
  await page.getByRole("main").waitFor();
  await page.waitForLoadState("networkidle");
  await page.locator("#run").getByText("Evaluate", { exact: true }).waitFor();
  await page.locator("#run [aria-busy=true]").waitFor({ state: "detached" });
  const picture = await page.screenshot({ type: "png" });
  await page.close();
  return picture;
};

await keep("preview.png", await drawPreview(browser, dist));
const words = previewWords(await readFile(join(dist, "index.html"), "utf8"));
await writeFile(join(ROOT, "tools", "build", "preview.json"), `${JSON.stringify(words, null, 2)}\n`);

const svg = await readFile(join(ROOT, "public", "icon.svg"), "utf8");
for (const icon of ICONS) await keep(icon.file, await drawIcon(browser, svg, icon));
const small = await drawIcon(browser, svg, { size: FAVICON_SIZE, share: 1, ground: "transparent" });
await keep("favicon.ico", asIco(small, FAVICON_SIZE));

await keep("screen.png", await drawScreen(), "docs");

await browser.close();
await close();
