import { readdirSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";
import { gzipSync } from "node:zlib";

/** @typedef {Readonly<{ file: string, gzipBytes: number }>} FileSize */
/** @typedef {Readonly<{ name: string, bytes: number, limit: number }>} Budget */

const STATIC_IMPORT = /(?:\bimport|\bfrom|\bexport\s*\*\s*from)\s*["'](\.{1,2}\/[^"']+\.js)["']/g;

/** @param {string} dist @param {string} file */
const gzipSize = (dist, file) => gzipSync(readFileSync(join(dist, file)), { level: 9 }).length;

/**
 * The modules that a module cannot run without, itself included: its static imports, theirs, and so on.
 *
 * @param {string} dist
 * @param {readonly string[]} entries paths inside `dist`
 */
const staticClosure = (dist, entries) => {
  const found = new Set(entries);
  for (const file of found) {
    const text = readFileSync(join(dist, file), "utf8");
    for (const [, path] of text.matchAll(STATIC_IMPORT)) found.add(posix.join(posix.dirname(file), path ?? ""));
  }
  return [...found];
};

/** @param {string} html @param {RegExp} pattern */
const linked = (html, pattern) => [...html.matchAll(pattern)].map(([, path]) => posix.normalize(path ?? ""));

/**
 * What the built page loads before anybody can use it, and what it may load later. Read from `index.html` itself: its scripts, its
 * modulepreloads, and everything that those import statically. `lazy` is every other script but the engine's own. `engine` is the worker's script and all that it imports, `embed` what drawing the embed
 * takes besides the first script (the chunk of `app/Embed.tsx`); the real-browser tests show that nothing else is needed; `soon` is what the page shows
 * right after its first script; `lateStyles` is the sheet of parts that come later; `element` is what a page of other people loads for `<headroom-calculator>`. All sizes are gzip -9.
 *
 * @param {string} dist
 */
export const readBundleSizes = (dist) => {
  const html = readFileSync(join(dist, "index.html"), "utf8");
  const scripts = linked(html, /<script\b[^>]*\bsrc="([^"]+)"/g);
  const preloads = linked(html, /<link\b[^>]*\brel="modulepreload"[^>]*\bhref="([^"]+)"/g);
  const styles = linked(html, /<link\b[^>]*\brel="stylesheet"[^>]*\bhref="([^"]+)"/g);
  const chunks = readdirSync(dist, { recursive: true })
    .map((path) => String(path).replaceAll("\\", "/"))
    .filter((path) => path.endsWith(".js") && path.startsWith("assets/"));
  const lateStyles = readdirSync(join(dist, "assets")).filter(
    (file) => file.startsWith("late-") && file.endsWith(".css"),
  );
  /** @param {string} name */
  const chunksOf = (name) =>
    staticClosure(
      dist,
      chunks.filter((path) => path.startsWith(`assets/${name}-`)),
    );
  const first = staticClosure(dist, [...scripts, ...preloads]);
  const engine = chunksOf("engine");
  /** @param {string} file */
  const isEngine = (file) => file.startsWith("assets/engine-");
  /** @param {string} name */
  const besidesFirst = (name) => chunksOf(name).filter((file) => !first.includes(file));
  /** @param {readonly string[]} files @returns {FileSize[]} */
  const measured = (files) => files.map((file) => ({ file, gzipBytes: gzipSize(dist, file) }));
  /** @param {readonly string[]} files */
  const sized = (files) => measured(files).sort((a, b) => b.gzipBytes - a.gzipBytes);
  return {
    html: sized(["index.html"]),
    styles: sized(styles),
    lateStyles: sized(lateStyles.map((file) => `assets/${file}`)),
    first: sized(first),
    engine: measured(engine),
    embed: sized(besidesFirst("Embed")),
    soon: sized(besidesFirst("soon")),
    element: sized(["embed.js"]),
    lazy: sized(chunks.filter((file) => !first.includes(file) && !isEngine(file))),
  };
};

/** @param {readonly FileSize[]} files */
export const totalBytes = (files) => files.reduce((total, { gzipBytes }) => total + gzipBytes, 0);

/**
 * What the built page takes of each budget. First script: what a person waits for before the first slider answers; the engine, which that answer does not
 * wait for, has none. A late script: what one more panel may cost, with what it shares with the engine. Embed: what a page that frames the calculator pays in all.
 *
 * @param {ReturnType<typeof readBundleSizes>} sizes
 * @returns {Budget[]}
 */
export const budgetsOf = ({ html, styles, first, embed, element, lazy }) => [
  { name: "JavaScript before the first interactive answer", bytes: totalBytes(first), limit: 110_000 },
  { name: "largest late script of the page", bytes: lazy[0]?.gzipBytes ?? 0, limit: 130_000 },
  { name: "the element for other pages, embed.js", bytes: totalBytes(element), limit: 2_000 },
  {
    name: "embed before interaction, with HTML and CSS",
    bytes: [html, styles, first, embed].reduce((total, files) => total + totalBytes(files), 0),
    limit: 132_000,
  },
];
