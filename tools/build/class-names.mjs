import { readdirSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";

/** Without "a": what filters against advertising hide has a class `ad`. */
const FIRST = "bcdefghijklmnopqrstuvwxyzBCDEFGHIJKLMNOPQRSTUVWXYZ";
const SECOND = `aA0123456789${FIRST}`;

/** What a sheet of a module gives a name to: classes and animations. */
const NAMED = /\.([A-Za-z_][\w-]*)|@keyframes ([\w-]+)/g;

/** @param {number} index */
const nameOf = (index) => {
  const first = FIRST[Math.floor(index / SECOND.length)];
  if (first === undefined) throw new Error("There are more classes than names of two characters.");
  return `${first}${SECOND[index % SECOND.length]}`;
};

/** @param {string} path */
const withSlashes = (path) => path.split(sep).join("/");

/**
 * Names of two characters for the classes of all sheets, by their order: hashes, which do not compress, would be a kilobyte of script, style and static page.
 * The same sheets have the same names, in the page and in what draws its static answer.
 *
 * @param {string} folder that of the sources
 * @returns {(name: string, file: string) => string}
 */
export const shortClassNames = (folder) => {
  const sheets = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".module.css"))
    .map(withSlashes)
    .sort();
  const keys = sheets.flatMap((sheet) => {
    const found = readFileSync(join(folder, sheet), "utf8").matchAll(NAMED);
    const names = new Set([...found].map(([, name, animation]) => name ?? animation));
    return [...names].map((name) => `${sheet} ${name}`);
  });
  const short = new Map(keys.map((key, index) => [key, nameOf(index)]));
  return (name, file) => {
    const key = `${withSlashes(relative(folder, file))} ${name}`;
    const found = short.get(key);
    if (found === undefined) throw new Error(`The sheets have no class of this name: ${key}.`);
    return found;
  };
};
