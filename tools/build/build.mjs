// npm run build: the client bundle, the default answer drawn into index.html, and the service worker's list of files.
import { createHash } from "node:crypto";
import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build, minify } from "vite";
import { readCommandLine } from "../house/command-line.mjs";
import { readBundleSizes } from "../house/bundle-sizes.mjs";
import { withoutEntry } from "./entry-tag.mjs";
import { fill } from "./fill.mjs";
import { withPreview } from "./preview-tags.mjs";
import { withSmallHead } from "./small-head.mjs";
import { joinStyleSheets } from "./style-sheets.mjs";

readCommandLine(`Usage: npm run build

Builds the page into dist.`);

const root = fileURLToPath(new URL("../..", import.meta.url));
const dist = join(root, "dist");
const prerenderOut = join(root, ".built", "prerender");

await build({ root, logLevel: "warn" });
await build({
  root,
  logLevel: "warn",
  build: { ssr: "src/app/prerender.tsx", outDir: prerenderOut, emptyOutDir: true, copyPublicDir: false },
});

const { prerenderAnswer } = await import(pathToFileURL(join(prerenderOut, "prerender.js")).href);
const drawn = await prerenderAnswer();
const markup = drawn.page + drawn.embed;
if (/\sstyle=/.test(markup))
  throw new Error("The static page holds a style attribute, which its own security policy refuses.");
const sheets = await joinStyleSheets(dist, await readFile(join(dist, "index.html"), "utf8"), markup);
const { html, entry } = withoutEntry(sheets.html);
const PLACES = [
  ['<div id="root"></div>', `<div id="root">${drawn.page}</div>`],
  ['<div id="embed" hidden></div>', `<div id="embed" hidden>${drawn.embed}</div>`],
  ["{{scenario}}", drawn.scenario],
  // A slash after a smaller-than sign would end the element.
  ['id="drawn-answer">', `id="drawn-answer">${drawn.answer.replaceAll("<", "\\u003c")}`],
];
const page = PLACES.reduce((text, [place = "", content = ""]) => fill(text, place, content), html);
await writeFile(join(dist, "index.html"), withSmallHead(withPreview(page)));

// Vite copies public/ as it is. Of these two every byte counts: one is fetched before anything is painted, the other by pages of other people.
const { version } = JSON.parse(await readFile(join(root, "package.json"), "utf8"));
const { engine, embed, soon } = readBundleSizes(dist);
/** @param {typeof soon} chunks */
const addresses = (chunks) => JSON.stringify(chunks.map(({ file }) => `./${file}`));
const SCRIPTS = {
  "boot.js": [
    ['entry = ""', `entry = "${entry}"`],
    ['lateStyles = ""', `lateStyles = "./${sheets.late}"`],
    ['worker = ""', `worker = "./${engine[0]?.file}"`],
    ["forEmbed = []", `forEmbed = ${addresses(embed)}`],
    ["forPage = []", `forPage = ${addresses(soon)}`],
  ],
  "embed.js": [['"0.0.0"', JSON.stringify(version)]],
};
for (const [name, places] of Object.entries(SCRIPTS)) {
  const empty = await readFile(join(dist, name), "utf8");
  const source = places.reduce((text, [place = "", content = ""]) => fill(text, place, content), empty);
  await writeFile(join(dist, name), (await minify(name, source, { module: false })).code);
}

// Vite has written the notices of what is in the bundle: ours goes before them.
const notices = await readFile(join(dist, "licences.md"), "utf8");
await writeFile(
  join(dist, "licences.md"),
  `# Headroom\n\n${await readFile(join(root, "LICENSE"), "utf8")}\n${notices}`,
);

/** What the page itself never asks for: pictures for networks, browsers and systems, scripts for other pages, notices, words for search engines. */
const FOR_OTHERS = /^(sw\.js|embed\.(js|d\.ts)|licences\.md|robots\.txt|.*\.(png|ico))$/;
const files = (await readdir(dist, { recursive: true, withFileTypes: true }))
  .filter((entry) => entry.isFile() && !FOR_OTHERS.test(entry.name))
  .map((entry) => relative(dist, join(entry.parentPath, entry.name)).split(sep).join("/"))
  .sort();
const hash = createHash("sha256");
for (const file of files) hash.update(file).update(await readFile(join(dist, file)));
const worker = await readFile(join(dist, "sw.js"), "utf8");
const versioned = fill(worker, '"VERSION"', JSON.stringify(hash.digest("hex").slice(0, 16)));
const addressesOfAll = files.map((file) => (file === "index.html" ? "./" : `./${file}`));
await writeFile(join(dist, "sw.js"), fill(versioned, "[]", JSON.stringify(addressesOfAll)));
await rm(prerenderOut, { recursive: true });
