import fc from "fast-check";
import { expect } from "vitest";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { configLines, libraryOf } from "#interop/config-lines/config-lines.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import { arbitraryTraining } from "../../advice/arbitrary-training.ts";
import { tried } from "../../tried.ts";

const lines = (before: Choices, after: Choices): ReturnType<typeof configLines> =>
  configLines(before, after, FULL_CATALOG);

/** All lines of a file: what there is to write where another library's was before. */
const file = (choices: Choices): readonly string[] =>
  lines(
    { ...choices, stack: libraryOf(choices) === libraryOf({ ...choices, stack: "trl" }) ? "litgpt" : "trl" },
    choices,
  ).added;

/** One library, and two sets of choices for it. In YAML the elements of two lists may be one line. */
const twoRuns = fc
  .tuple(arbitraryTraining, arbitraryTraining)
  .filter(([{ stack }]) => stack !== "axolotl")
  .map(([before, after]) => [before, { ...after, stack: before.stack }] as const);

const WHOLE = "a file without the lines that go, and with those that come, has every line of the other file";

tried(WHOLE, { quick: 60, thorough: 600 }, (runs) => {
  fc.assert(
    fc.property(twoRuns, ([before, after]) => {
      const { removed, added } = lines(before, after);
      const kept = file(before).filter((line) => !removed.includes(line));
      expect([...kept, ...added]).toEqual(expect.arrayContaining([...file(after)]));
    }),
    runs,
  );
});

tried("what goes was there, and no line both goes and comes", { quick: 60, thorough: 600 }, (runs) => {
  fc.assert(
    fc.property(twoRuns, ([before, after]) => {
      const { removed, added } = lines(before, after);
      expect(file(before)).toEqual(expect.arrayContaining([...removed]));
      expect(added.filter((line) => removed.includes(line))).toEqual([]);
    }),
    runs,
  );
});
