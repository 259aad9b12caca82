import { expect, test } from "vitest";
import { ORDER } from "#scenario/keys/keys.ts";
import { WORDS } from "#scenario/words/key-words.ts";

test("every key of the choices has a label, and a name in a list of differences unless it says how a scenario is shown", () => {
  expect(Object.keys(WORDS).toSorted()).toEqual(ORDER.toSorted());
  expect(ORDER.filter((key) => WORDS[key].label === "")).toEqual([]);
  expect(ORDER.filter((key) => WORDS[key].difference === null)).toEqual([
    "show",
    "embed",
    "theme",
    "only",
    "hide",
    "lock",
  ]);
});
