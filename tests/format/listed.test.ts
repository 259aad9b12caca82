import { expect, test } from "vitest";
import { listed } from "#format/listed.ts";

test.each([
  [["a"], "a"],
  [["a", "b"], "a and b"],
  [["a", "b", "c"], "a, b and c"],
])("%j in a sentence are %j", (phrases, words) => expect(listed(phrases)).toBe(words));
