import { basename, join } from "node:path";
import { budgetsOf, readBundleSizes, totalBytes } from "../house/bundle-sizes.mjs";
import { ROOT, runCommand } from "../house/run-command.mjs";
import { counted, endOf } from "./section.mjs";
import { table } from "./table.mjs";

/** @typedef {Readonly<{ name: string, bytes: number }>} Chunk */
/**
 * @typedef {Readonly<{ groups: readonly Readonly<{ when: string, chunks: readonly Chunk[] }>[], engineBytes: number,
 * budgets: readonly import("../house/bundle-sizes.mjs").Budget[] }>} Bundle
 */

/** Smaller ones have one row together. */
const SHOWN_BYTES = 2000;

/** A chunk's name without the letters that change with what is in it. @param {string} file */
const nameOf = (file) => basename(file).replace(/-[\w-]{8}(?=\.\w+$)/, "");

/** @param {readonly import("../house/bundle-sizes.mjs").FileSize[]} files @returns {readonly Chunk[]} */
const chunksOf = (files) => files.map(({ file, gzipBytes }) => ({ name: nameOf(file), bytes: gzipBytes }));

/** @param {Bundle["groups"][number]} group @returns {readonly (readonly string[])[]} */
const rowsOf = ({ when, chunks }) => {
  const shown = chunks.filter(({ bytes }) => bytes >= SHOWN_BYTES);
  const others = chunks.filter(({ bytes }) => bytes < SHOWN_BYTES);
  const rest = { name: `${others.length} smaller ones`, bytes: others.reduce((total, { bytes }) => total + bytes, 0) };
  return [...shown, ...(others.length === 0 ? [] : [rest])].map(({ name, bytes }) => [when, name, counted(bytes)]);
};

/** @type {import("./section.mjs").Section} */
export const BUNDLE = {
  name: "bundle",
  title: "Bytes",
  measure: async () => {
    const { code, output } = await runCommand(process.execPath, ["tools/build/build.mjs"]);
    if (code !== 0) throw new Error(endOf(output));
    const sizes = readBundleSizes(join(ROOT, "dist"));
    return {
      groups: [
        { when: "before interaction", chunks: chunksOf([...sizes.html, ...sizes.styles, ...sizes.first]) },
        { when: "the engine, in its worker", chunks: chunksOf(sizes.engine) },
        { when: "later", chunks: chunksOf([...sizes.lateStyles, ...sizes.lazy]) },
      ],
      engineBytes: totalBytes(sizes.engine),
      budgets: budgetsOf(sizes),
    };
  },
  headlines: (/** @type {Bundle} */ { budgets }) =>
    budgets.map(({ name, bytes, limit }) => ({
      what: `Bytes: ${name}`,
      figure: counted(bytes),
      goal: `at most ${counted(limit)}`,
      isMet: bytes <= limit,
      command: "npm run size",
    })),
  words: (/** @type {Bundle} */ { groups, engineBytes }) => [
    `Of the built page, gzip -9, by chunk. The engine with everything it knows is ${counted(engineBytes)} B; the first answer does not wait for it.`,
    table(["when it loads", "chunk", ">bytes"], groups.flatMap(rowsOf)),
  ],
};
