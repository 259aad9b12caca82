import { readBundleSizes, totalBytes } from "../../tools/house/bundle-sizes.mjs";
import { printColumns } from "./print-columns.mjs";

/** @typedef {ReturnType<typeof readBundleSizes>} Sizes */

/** @type {readonly Readonly<{ title: string, of: (sizes: Sizes) => number }>[]} */
const TOTALS = [
  { title: "JavaScript before the first interactive answer", of: ({ first }) => totalBytes(first) },
  { title: "the engine's worker, with what it shares with the page", of: ({ engine }) => totalBytes(engine) },
  { title: "all JavaScript that may come later", of: ({ lazy }) => totalBytes(lazy) },
];

/**
 * Bytes of this checkout by chunk, and beside another revision in sum.
 *
 * @param {readonly import("./in-turn.mjs").Side[]} sides the last is this checkout
 * @returns {Promise<readonly string[]>} headlines
 */
export const printSizes = async (sides) => {
  const all = sides.map(({ dist }) => readBundleSizes(dist));
  const here = all.at(-1);
  if (here === undefined) return [];
  console.log("Bytes by chunk (gzip -9)");
  for (const { file, gzipBytes } of [...here.html, ...here.styles, ...here.first, ...here.engine, ...here.lazy]) {
    console.log(`  ${gzipBytes.toLocaleString("en").padStart(9)}  ${file}`);
  }
  if (all.length > 1) {
    const rows = TOTALS.map(({ title, of }) => ({ title, samples: all.map((sizes) => [of(sizes)]) }));
    printColumns(
      "Bytes (gzip -9) in sum",
      sides.map(({ name }) => name),
      rows,
    );
  }
  const firsts = all.map(({ first }) => totalBytes(first).toLocaleString("en"));
  return [`first JavaScript ${firsts.join(" -> ")} B`, `engine ${totalBytes(here.engine).toLocaleString("en")} B`];
};
