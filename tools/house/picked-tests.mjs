import { readdirSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./run-command.mjs";

/** Files of tests by what runs them, each by its path from the root. @typedef {Readonly<{ unit: readonly string[], browser: readonly string[] }>} TestFiles */

/** All that `npm test` runs. @returns {TestFiles} */
export const allTests = () => {
  const files = readdirSync(join(ROOT, "tests"), { recursive: true, encoding: "utf8" })
    .map((file) => `tests/${file.replaceAll("\\", "/")}`)
    .toSorted();
  return {
    unit: files.filter((file) => /\.test\.tsx?$/.test(file)),
    browser: files.filter((file) => /^tests\/e2e\/.*\.spec\.ts$/.test(file)),
  };
};

/** What is in `src` picks its own tests: "src/ui/late-parts.tsx" is "tests/ui/late". @param {string} word */
const pathWord = (word) => word.replace(/^src\//, "tests/").replace(/\.(tsx?|css)$/, "");

/**
 * The files whose path has one of some words, in any case of letters.
 *
 * @param {readonly string[]} words "late", "tests/ui", "src/ui/late-parts.tsx"
 * @param {TestFiles} of
 * @returns {TestFiles}
 */
export const pickedTests = (words, { unit, browser }) => {
  const sought = words.map((word) => pathWord(word).toLowerCase());
  /** @param {string} file */
  const isPicked = (file) => sought.some((word) => file.toLowerCase().includes(word));
  return { unit: unit.filter(isPicked), browser: browser.filter(isPicked) };
};
