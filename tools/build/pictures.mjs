// npm run pictures: draws public/preview.png, of today's answer, and the icons that are made of public/icon.svg. The build copies them as they are.
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { readCommandLine } from "../house/command-line.mjs";
import { ROOT } from "../house/run-command.mjs";
import { launchBrowser, serveBuild } from "../house/serve-build.mjs";
import { asIco, drawIcon, FAVICON_SIZE, ICONS } from "./icons.mjs";
import { drawPreview } from "./preview-picture.mjs";
import { previewWords } from "./preview-words.mjs";

readCommandLine(`Usage: npm run pictures

Builds the page and draws, with a browser, what of public/ is pictures: preview.png of today's answer, and the icons, of icon.svg.`);

const { dist, close } = await serveBuild();
const browser = await launchBrowser();

/** @param {string} file @param {Buffer} bytes */
const keep = async (file, bytes) => {
  await writeFile(join(ROOT, "public", file), bytes);
  console.log(`${bytes.length.toLocaleString("en").padStart(7)} bytes  public/${file}`);
};

await keep("preview.png", await drawPreview(browser, dist));
const words = previewWords(await readFile(join(dist, "index.html"), "utf8"));
await writeFile(join(ROOT, "tools", "build", "preview.json"), `${JSON.stringify(words, null, 2)}\n`);

const svg = await readFile(join(ROOT, "public", "icon.svg"), "utf8");
for (const icon of ICONS) await keep(icon.file, await drawIcon(browser, svg, icon));
const small = await drawIcon(browser, svg, { size: FAVICON_SIZE, share: 1, ground: "transparent" });
await keep("favicon.ico", asIco(small, FAVICON_SIZE));

await browser.close();
await close();
