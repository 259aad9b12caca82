import { posix } from "node:path";
import { REPOSITORY, sitePathOf } from "./pages.mjs";

/** What a browser shows by itself. Other files get `.txt` at their end, so that any host serves them as text. */
const SHOWN = /\.(?:png|svg)$/;

/**
 * A link of a Markdown file as it is on the site. It leads to a page, or to a copy of a file of the repository.
 *
 * @typedef {Readonly<{ href: string, file: string | null }>} SiteLink `href`: from the site's root; `file`: what has to be copied there, null: a page
 */

/** @param {string} file its path in the repository */
const copyOf = (file) => `/${REPOSITORY}${file}${SHOWN.test(file) ? "" : ".txt"}`;

/** The page that stands for a folder: its README.md, else its first. @param {string} folder @param {ReadonlySet<string>} sources */
const pageOfFolder = (folder, sources) => {
  const within = [...sources].filter((source) => source.startsWith(`${folder}/`)).sort();
  return within.find((source) => source === `${folder}/README.md`) ?? within[0] ?? null;
};

/**
 * @param {string} link as it stands in the Markdown
 * @param {Readonly<{ source: string, sources: ReadonlySet<string> }>} from the file that it stands in, and all Markdown files that are pages
 * @returns {SiteLink | null} null: it stays as it is (another site, or a heading of the same page)
 */
export const siteLink = (link, { source, sources }) => {
  if (/^[a-z][a-z+.-]*:|^#|^\//i.test(link)) return null;
  const [path = "", anchor] = link.split("#");
  const target = posix.join(posix.dirname(source), decodeURI(path)).replace(/\/$/, "");
  const page = sources.has(target) ? target : pageOfFolder(target, sources);
  if (page === null) return { href: copyOf(target), file: target };
  return { href: `/${sitePathOf(page)}${anchor === undefined ? "" : `#${anchor}`}`, file: null };
};
