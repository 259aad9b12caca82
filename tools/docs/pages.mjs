import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** @typedef {Readonly<{ source: string, path: string }>} Page a Markdown file of the repository, and where it stands on the site: both end in `.md` */

/** Where files stand on the site that are not under docs/: under their path in the repository. */
export const REPOSITORY = "repository/";

/**
 * Where a Markdown file stands on the site: those of docs/ at its top (`docs/adr/0001-x.md` is `adr/0001-x.md`), others under `repository/`.
 *
 * @param {string} source its path in the repository
 */
export const sitePathOf = (source) =>
  source.startsWith("docs/") ? source.slice("docs/".length) : `${REPOSITORY}${source}`;

/**
 * Every Markdown file of the repository is a page, so that a new one comes into the site by itself. What git ignores is passed over.
 *
 * @param {string} root the repository
 * @returns {readonly Page[]}
 */
export const readPages = (root) => {
  const ignored = new Set(readFileSync(join(root, ".gitignore"), "utf8").split("\n").filter(Boolean));
  /** @param {string} folder @returns {readonly string[]} */
  const walk = (folder) =>
    readdirSync(join(root, folder), { withFileTypes: true })
      .filter(({ name }) => !name.startsWith(".") && !ignored.has(name))
      .flatMap((entry) => {
        const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
        if (entry.isDirectory()) return walk(path);
        return entry.name.endsWith(".md") && !ignored.has(path) ? [path] : [];
      });
  return walk("").map((source) => ({ source, path: sitePathOf(source) }));
};
