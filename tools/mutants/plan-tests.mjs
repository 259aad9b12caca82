import { posix } from "node:path";

/** @typedef {Readonly<{ test: string, seconds: number }>} TimedTest */

/** @param {string} path */
const nameOf = (path) => posix.basename(path).replace(/\..*$/, "");

/** @param {string} path */
const folderOf = (path) => posix.dirname(path).replace(/^(?:src|tests)\//, "");

/** How far a test is from a file: of its name, of its folder, or of its room. @param {string} test @param {string} file */
const distance = (test, file) => (nameOf(test) === nameOf(file) ? 0 : folderOf(test) === folderOf(file) ? 1 : 2);

/**
 * The tests that a developer would wait for after a change of this file: nearest first, among equals the quicker; none that would make it more seconds
 * than the limit.
 *
 * @param {string} file
 * @param {readonly TimedTest[]} tests that reach the file
 * @param {number} limitSeconds
 */
export const planTests = (file, tests, limitSeconds) => {
  const inOrder = [...tests].sort(
    (a, b) => distance(a.test, file) - distance(b.test, file) || a.seconds - b.seconds || (a.test < b.test ? -1 : 1),
  );
  let seconds = 0;
  const planned = inOrder.filter((each) => {
    if (seconds + each.seconds > limitSeconds) return false;
    seconds += each.seconds;
    return true;
  });
  return { tests: planned.map(({ test }) => test), seconds, isCut: planned.length < tests.length };
};
