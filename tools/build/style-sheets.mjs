import { createHash } from "node:crypto";
import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

const LINKED = /<link rel="stylesheet" href="\.\/(assets\/[^"]+)">/;

/** @param {string} text @param {RegExp} pattern @returns {ReadonlySet<string>} */
const found = (text, pattern) => new Set([...text.matchAll(pattern)].flatMap(([, names = ""]) => names.split(" ")));

/** A chunk whose styles the first paint may need though the static page does not wear them: the embed. */
const EMBED = /\/Embed-[^/]*$/;

/**
 * Puts the styles of all chunks together into two sheets: what the static page, the first script and the embed wear, and what only parts that
 * come later wear. The first is what the first paint waits for.
 *
 * @param {string} dist
 * @param {string} html the page, linking the style sheet of the first script
 * @param {string} markup the static answer in it
 * @returns {Promise<Readonly<{ html: string, first: string, late: string }>>} the page, linking the first sheet; both sheets' paths inside `dist`
 */
export const joinStyleSheets = async (dist, html, markup) => {
  const linked = LINKED.exec(html)?.[1];
  if (linked === undefined) throw new Error("index.html links no style sheet.");
  const files = (await readdir(join(dist, "assets")))
    .filter((file) => file.endsWith(".css"))
    .map((file) => `assets/${file}`);
  const worn = found(markup, /\sclass="([^"]+)"/g);
  /** @type {{ first: string[], late: string[] }} */
  const sheets = { first: [], late: [] };
  for (const file of files.sort((a, b) => Number(b === linked) - Number(a === linked) || a.localeCompare(b, "en"))) {
    const css = (await readFile(join(dist, file), "utf8")).trim();
    const isWorn = [...found(css, /\.([A-Za-z_][\w-]*)/g)].some((name) => worn.has(name));
    sheets[file === linked || isWorn || EMBED.test(file) ? "first" : "late"].push(css);
    await rm(join(dist, file));
  }
  /** @param {"first" | "late"} name */
  const written = async (name) => {
    const css = sheets[name].join("");
    const file = `assets/${name}-${createHash("sha256").update(css).digest("hex").slice(0, 8)}.css`;
    await writeFile(join(dist, file), css);
    return file;
  };
  const first = await written("first");
  return { html: html.replace(linked, first), first, late: await written("late") };
};
