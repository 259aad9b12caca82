import { posix } from "node:path";
import { parsed } from "./syntax.mjs";

const CODE = /\.[cm]?[jt]sx?$/;

/** The path of an import of our own, from the root; null for a package. @param {string} specifier @param {string} importer */
const pathOf = (specifier, importer) => {
  if (specifier.startsWith("#")) return `src/${specifier.slice(1)}`;
  return specifier.startsWith(".") ? posix.join(posix.dirname(importer), specifier) : null;
};

/** What a file imports when it runs, types left out. @param {string} file @param {string} text @returns {readonly string[]} */
export const specifiersOf = (file, text) => {
  const { staticImports, staticExports, dynamicImports } = parsed(file, text).module;
  return [
    ...staticImports
      .filter(({ entries }) => entries.length === 0 || entries.some(({ isType }) => !isType))
      .map(({ moduleRequest }) => moduleRequest.value),
    ...staticExports.flatMap(({ entries }) =>
      entries.flatMap(({ moduleRequest, isType }) => (moduleRequest === null || isType ? [] : [moduleRequest.value])),
    ),
    ...dynamicImports.map(({ moduleRequest }) => text.slice(moduleRequest.start + 1, moduleRequest.end - 1)),
  ];
};

/**
 * Answers which files a file runs: what it imports, what that imports, and so on, itself included. Remembers what each file imports.
 *
 * @param {(file: string) => string} read
 * @returns {(file: string) => ReadonlySet<string>}
 */
export const reachOf = (read) => {
  /** @type {Map<string, readonly string[]>} */
  const known = new Map();
  /** @param {string} file */
  const importsOf = (file) => {
    const paths = known.get(file) ?? specifiersOf(file, read(file)).flatMap((each) => pathOf(each, file) ?? []);
    known.set(file, paths);
    return paths.filter((path) => CODE.test(path));
  };
  return (file) => {
    const found = new Set([file]);
    for (const each of found) for (const path of importsOf(each)) found.add(path);
    return found;
  };
};
