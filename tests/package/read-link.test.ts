import { expect, test } from "vitest";
import { readLink } from "#package/given-scenario.ts";

test("a link with several scenarios is answered for its first, and the others are named", () => {
  const { value, issues } = readLink("?v=1&r=8&b=r:32&c=");
  expect(value.r).toBe(8);
  expect(issues.map(({ message }) => message)).toEqual([
    "b=r:32 is a further scenario, which the page shows beside the first; the terminal answers for the first alone.",
    "c= is a further scenario, which the page shows beside the first; the terminal answers for the first alone.",
  ]);
  expect(readLink("?v=1&r=8").issues).toEqual([]);
});
