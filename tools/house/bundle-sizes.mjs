import { readdirSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "vite";
import { ROOT } from "./run-command.mjs";

/** @typedef {Readonly<{ file: string, gzipBytes: number }>} FileSize */
/** @typedef {Readonly<{ name: string, bytes: number, limit: number }>} Budget */

const STATIC_IMPORT = /(?:\bimport|\bfrom|\bexport\s*\*\s*from)\s*["'](\.{1,2}\/[^"']+\.js)["']/g;

/**
 * Bytes of one built file after gzip -9.
 *
 * @param {string} dist
 * @param {string} file path inside `dist`
 */
export const gzipSize = (dist, file) => gzipSync(readFileSync(join(dist, file)), { level: 9 }).length;

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
 * modulepreloads, and everything that those import statically. All sizes are gzip -9.
 *
 * @param {string} dist
 */
export const readBundleSizes = (dist) => {
  const html = readFileSync(join(dist, "index.html"), "utf8");
  const scripts = linked(html, /<script\b[^>]*\bsrc="([^"]+)"/g);
  const preloads = linked(html, /<link\b[^>]*\brel="modulepreload"[^>]*\bhref="([^"]+)"/g);
  const styles = linked(html, /<link\b[^>]*\brel="stylesheet"[^>]*\bhref="([^"]+)"/g);
  const first = staticClosure(dist, [...scripts, ...preloads]);
  const lazy = readdirSync(dist, { recursive: true })
    .map((path) => String(path).replaceAll("\\", "/"))
    .filter((path) => path.endsWith(".js") && path.startsWith("assets/") && !first.includes(path));
  /** @param {readonly string[]} files @returns {FileSize[]} */
  const sized = (files) =>
    files.map((file) => ({ file, gzipBytes: gzipSize(dist, file) })).sort((a, b) => b.gzipBytes - a.gzipBytes);
  return { html: sized(["index.html"]), first: sized(first), styles: sized(styles), lazy: sized(lazy) };
};

/** The calculation core on its own, bundled and minified as it is inside the first script. */
export const engineBytes = async () => {
  const results = await build({
    root: ROOT,
    configFile: false,
    logLevel: "error",
    build: {
      write: false,
      copyPublicDir: false,
      target: "es2022",
      lib: { entry: join(ROOT, "src/calc/estimate.ts"), formats: ["es"] },
      minify: "oxc",
    },
  });
  const chunks = (Array.isArray(results) ? results : [results]).flatMap((result) =>
    "output" in result ? result.output : [],
  );
  const code = chunks.map((chunk) => (chunk.type === "chunk" ? chunk.code : "")).join("");
  return gzipSync(code, { level: 9 }).length;
};

/** @param {readonly FileSize[]} files */
export const totalBytes = (files) => files.reduce((total, { gzipBytes }) => total + gzipBytes, 0);

/** The budgets, in bytes of gzip -9. */
export const LIMITS = { firstScript: 110_000, engine: 25_000, lazyChunk: 130_000, embed: 145_000 };

/**
 * What the built page takes of each budget. First script: what a person waits for before the first slider answers. A lazy chunk: what one more
 * panel may cost. Embed: what a documentation page that frames the calculator pays in all.
 *
 * @param {ReturnType<typeof readBundleSizes>} sizes
 * @param {number} engine
 * @returns {Budget[]}
 */
export const budgetsOf = ({ html, first, styles, lazy }, engine) => [
  { name: "JavaScript before the first interactive answer", bytes: totalBytes(first), limit: LIMITS.firstScript },
  { name: "of it the calculation core", bytes: engine, limit: LIMITS.engine },
  { name: "largest lazy chunk", bytes: lazy[0]?.gzipBytes ?? 0, limit: LIMITS.lazyChunk },
  {
    name: "embed before interaction, with HTML and CSS",
    bytes: totalBytes(html) + totalBytes(first) + totalBytes(styles),
    limit: LIMITS.embed,
  },
];
