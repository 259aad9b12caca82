// npm run docs [-- --serve]: the documentation site, built from the Markdown of the repository and looked at. The last line is the sum.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ensureBrowser } from "../house/browser.mjs";
import { readCommandLine } from "../house/command-line.mjs";
import { ROOT } from "../house/run-command.mjs";
import { serveFolder } from "../house/static-server.mjs";
import { buildSite } from "./build-site.mjs";
import { checkEmbeds } from "./check-embeds.mjs";
import { checkLinks, readSite } from "./check-links.mjs";
import { liveEmbedsOf } from "./live-embed.mjs";
import { baseOf, OUT } from "./places.mjs";

/** Pages of each kind: with a live embed, with wide tables, with much code. */
const LOOKED_AT = ["index.html", "methodology.html", "links.html", "package.html"];

const SERVED_AT = 4174;

const { values } = readCommandLine(
  `Usage: npm run docs -- [--serve]

Builds the documentation site into dist-docs, with the calculator in it, and looks at it: links, anchors, live embeds, each page in a browser. Ends in one
line, N passed, N failed; with 0, or 1 when something failed. SITE_URL of the environment is the address that the site will have; without it it stands at
the top of its host. Its packages are installed when it first runs.

  --serve   serves the built site in place of looking at it`,
  { options: { serve: { type: "boolean" } } },
);

let passed = 0;
let failed = 0;

/** @param {string} check @param {readonly string[]} wrong what is wrong; nothing: it holds */
const count = (check, wrong) => {
  if (wrong.length === 0) passed += 1;
  else {
    failed += 1;
    console.log(`FAILED ${check}`);
    for (const line of wrong) console.log(`       ${line}`);
  }
};

/** @returns {never} */
const end = () => {
  console.log(`${passed} passed, ${failed} failed`);
  return process.exit(failed === 0 ? 0 : 1);
};

const base = baseOf(process.env["SITE_URL"]);
const built = await buildSite();
count("the site builds", built.failed === null ? [] : [built.failed]);
if (built.failed !== null) end();

if (values.serve) {
  const { port } = await serveFolder({ folder: OUT, base, port: SERVED_AT });
  console.log(`The site is at http://localhost:${port}${base} (Ctrl+C ends it)`);
} else {
  const linked = checkLinks(readSite(OUT), base);
  for (const { page, dead } of linked) count(`links of ${page}`, dead);
  console.log(
    `${linked.length} pages, ${linked.reduce((sum, { links }) => sum + links, 0)} links inside the site followed.`,
  );

  const embeds = await checkEmbeds(built.pages.map(({ source }) => source));
  for (const { source, link, wrong } of embeds) count(`${source}: ${link}`, wrong);
  const browser = await ensureBrowser();
  count(
    "there is a browser",
    browser === null ? ["None was found and none could be installed. Name one in CHROME_PATH."] : [],
  );
  if (browser === null) end();
  const { port, close } = await serveFolder({ folder: OUT, base });
  const { checkPages } = await import("./check-pages.mjs");
  const embedding = built.pages.filter(
    ({ source }) => liveEmbedsOf(readFileSync(join(ROOT, source), "utf8")).length > 0,
  );
  const looked = await checkPages({
    url: `http://localhost:${port}${base}`,
    pages: linked.map(({ page }) => page).filter((page) => page !== "404.html"),
    looked: LOOKED_AT,
    embedding: embedding.map(({ path }) => path.replace(/\.md$/, ".html")),
  });
  for (const { check, wrong } of looked) count(check, wrong);
  await close();
  console.log(`${embeds.length} links of live embeds read; ${looked.length} looks in a browser.`);
  end();
}
