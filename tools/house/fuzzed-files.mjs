import { allTests } from "./picked-tests.mjs";

/** Tests of properties, and those that look at a part of the rows in `npm test`. */
const DRAWN = ["tests/tried.ts", "tests/swept.ts"];

/** Files of tests with properties (`tests/tried.ts`) or sweeps (`tests/swept.ts`), their own or of a file that several of them share, by their paths from the root. */
export const fuzzedFiles = async () => {
  // They need what is installed, which whoever imports this may be about to install.
  const { reachOf } = await import("../mutants/imports.mjs");
  const { read } = await import("../mutants/rooms.mjs");
  const reach = reachOf(read);
  // The helper's own test has no sweep.
  return allTests().unit.filter(
    (file) => !file.startsWith("tests/house/") && DRAWN.some((helper) => reach(file).has(helper)),
  );
};
