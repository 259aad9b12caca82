import { expect, test } from "vitest";
import { textWidth } from "#format/svg.ts";

test.each([
  [29, "ijlIJ.:'|·"],
  [33, " \u00a0,()[]/-"],
  [42, "rft"],
  [54, "s"],
  [59, "ckvxyzFL"],
  [63.5, "0123456789abdeghnopqu"],
  [70, "ABCEKPRSTUXYZ"],
  [78, "DGHNOQ"],
  [86, "wMV−<>+=×"],
  [99, "mW"],
])("at 100 px each takes %d px: %s", (width, characters) => {
  for (const character of characters) expect(textWidth(character, 100)).toBe(width);
});

test("a text is as wide as its characters, and in proportion to its size", () => {
  expect(textWidth("24 GB", 12)).toBeCloseTo(0.12 * (63.5 + 63.5 + 33 + 78 + 70), 9);
  expect(textWidth("", 12)).toBe(0);
});
