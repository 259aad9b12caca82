import { cpSync, existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { readPages } from "./pages.mjs";
import { siteLink } from "./site-link.mjs";

/** Where links and pictures of a Markdown file lead. @param {string} markdown */
const linksIn = (markdown) => [...markdown.matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = ""]) => link);

/** @param {string} from @param {string} to */
const copy = (from, to) => {
  mkdirSync(dirname(to), { recursive: true });
  cpSync(from, to, { recursive: true });
};

/**
 * Puts Markdown files where they stand on the site, and beside them, in `public`, what is served as it is: the built calculator, and the files that they
 * lead to.
 *
 * @param {Readonly<{ root: string, folder: string }>} where `folder` is emptied first
 * @returns {readonly import("./pages.mjs").Page[]}
 */
export const stagePages = ({ root, folder }) => {
  rmSync(folder, { recursive: true, force: true });
  const pages = readPages(root);
  const sources = new Set(pages.map(({ source }) => source));
  for (const { source, path } of pages) {
    copy(join(root, source), join(folder, path));
    for (const link of linksIn(readFileSync(join(root, source), "utf8"))) {
      const led = siteLink(link, { source, sources });
      // A link to a file that is not there is found dead later, with its page.
      if (led !== null && led.file !== null && existsSync(join(root, led.file)))
        copy(join(root, led.file), join(folder, "public", led.href));
    }
  }
  copy(join(root, "dist"), join(folder, "public", "calculator"));
  return pages;
};
