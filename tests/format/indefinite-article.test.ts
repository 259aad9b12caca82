import { expect, test } from "vitest";
import { indefiniteArticle } from "#format/phrases.ts";

test.each([
  ["RTX 4090", "an"],
  ["A100", "an"],
  ["H100", "an"],
  ["L4", "an"],
  ["MI300X", "an"],
  ["RX 7900 XTX", "an"],
  ["M3 Max", "an"],
  ["Arc A770", "an"],
  ["T4", "a"],
  ["V100 32GB", "a"],
  ["B200", "a"],
  ["GB200", "a"],
  ["TITAN RTX", "a"],
  ["TPU v5e", "a"],
  ["W7900", "a"],
  ["Ryzen AI Max+ 395", "a"],
  ["8 GB", "an"],
  ["24 GB", "a"],
])("one says %s with %s", (name, expected) => {
  expect(indefiniteArticle(name)).toBe(expected);
});
