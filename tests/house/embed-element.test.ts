import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { LINK_KEYS } from "#scenario/choices/encode-link.ts";

const KEYS = LINK_KEYS.filter((key) => key !== "v" && key !== "embed").toSorted();

test("the element for other pages takes every key of a link as an attribute", () => {
  const script = readFileSync("public/embed.js", "utf8");
  const [, looks = ""] = /LOOKS = \[([^\]]+)\]/.exec(script) ?? [];
  const [, keys = ""] = /KEYS = \(([^)]+)\)/.exec(script) ?? [];
  expect(`${looks} ${keys}`.match(/[a-z]+/g)?.toSorted()).toEqual(KEYS);
});

test("its types name the same keys", () => {
  const [, union = ""] = /type HeadroomKey =([^;]+);/.exec(readFileSync("public/embed.d.ts", "utf8")) ?? [];
  expect(union.match(/[a-z]+/g)?.toSorted()).toEqual(KEYS);
});
