import { expect, it } from "vitest";
import { namesOneOf, newKeys, withoutKeys } from "../../tools/terminal/links/new-keys.ts";

const answer = (scenario: Readonly<Record<string, string>>) => ({ json: { version: 1, scenario } });

it("a key that only one side has is new, and no difference by itself", () => {
  const [before, after] = [answer({ r: "16" }), answer({ r: "16", tuner: "lora" })];
  const keys = newKeys([before, { none: "no link" }], [after]);
  expect(keys).toEqual(["tuner"]);
  expect(withoutKeys(after, keys)).toEqual(before);
  expect(newKeys([after], [after])).toEqual([]);
});

it("a link that names a new key, or locks it, asks each side about something else", () => {
  expect(namesOneOf("?v=1&tuner=vera", ["tuner"])).toBe(true);
  expect(namesOneOf("?v=1&lock=all,-tuner", ["tuner"])).toBe(true);
  expect(namesOneOf("?v=1&b=tuner:vera", ["tuner"])).toBe(true);
  expect(namesOneOf("?v=1&r=8", ["tuner"])).toBe(false);
});
