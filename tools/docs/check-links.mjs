import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/**
 * The files of a built site, by their path from its top; of a page its HTML, of another file null.
 *
 * @typedef {ReadonlyMap<string, string | null>} Site
 * @typedef {Readonly<{ page: string, links: number, dead: readonly string[] }>} PageLinks `dead`: links that lead nowhere, as they stand in the page
 */

/** What is somebody else's work in the site: the calculator has tests of its own. */
const CALCULATOR = "calculator/";

/** @param {string} folder @returns {Site} */
export const readSite = (folder) =>
  new Map(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => {
        const file = join(entry.parentPath, entry.name);
        const path = file.slice(folder.length + 1).replaceAll("\\", "/");
        return [path, path.endsWith(".html") ? readFileSync(file, "utf8") : null];
      }),
  );

/** @type {Readonly<Record<string, string>>} */
const ENTITIES = { "&amp;": "&", "&quot;": '"', "&lt;": "<", "&gt;": ">", "&#39;": "'" };

/** @param {string} text */
const unescaped = (text) => text.replace(/&(?:amp|quot|lt|gt|#39);/g, (entity) => ENTITIES[entity] ?? entity);

/** The values of an attribute in all tags of a page. @param {string} html @param {string} name */
const valuesOf = (html, name) =>
  [...html.matchAll(/<[a-z][^<>]*>/gi)].flatMap(([tag]) =>
    [...tag.matchAll(new RegExp(`\\s${name}="([^"]*)"`, "g"))].map(([, value = ""]) => unescaped(value)),
  );

/** Where a link leads inside the site; null: out of it. @param {string} link @param {Readonly<{ page: string, base: string }>} from */
const targetOf = (link, { page, base }) => {
  const origin = "http://site.invalid";
  const { origin: at, pathname, hash } = new URL(link, `${origin}${base}${page}`);
  if (at !== origin) return null;
  const path = pathname.startsWith(base) ? decodeURIComponent(pathname.slice(base.length)) : `outside of ${base}`;
  return {
    path: path === "" || path.endsWith("/") ? `${path}index.html` : path,
    anchor: decodeURIComponent(hash.slice(1)),
  };
};

/**
 * Follows each link of each page (`href` and `src`) to a file of the site, and to the element that its anchor names.
 *
 * @param {Site} site
 * @param {string} base the path that the site stands under
 * @returns {readonly PageLinks[]}
 */
export const checkLinks = (site, base) => {
  const pages = [...site].flatMap(([page, html]) =>
    html === null || page.startsWith(CALCULATOR) ? [] : [{ page, html }],
  );
  const ids = new Map(pages.map(({ page, html }) => [page, new Set(valuesOf(html, "id"))]));
  /** @param {NonNullable<ReturnType<typeof targetOf>>} target */
  const isThere = ({ path, anchor }) => site.has(path) && (anchor === "" || ids.get(path)?.has(anchor) !== false);
  return pages.map(({ page, html }) => {
    const links = [...valuesOf(html, "href"), ...valuesOf(html, "src")].filter((link) => !link.startsWith("data:"));
    const inside = links
      .map((link) => ({ link, target: targetOf(link, { page, base }) }))
      .filter(({ target }) => target !== null);
    const dead = inside.filter(({ target }) => target !== null && !isThere(target)).map(({ link }) => link);
    return { page, links: inside.length, dead };
  });
};
