import { expect, it } from "vitest";
import { formatPercent } from "#format/numbers.ts";

it.each([
  [0, "0\u00A0%"],
  [0.00004, "<\u00A00.01\u00A0%"],
  [0.00005, "0.01\u00A0%"],
  [0.00522, "0.52\u00A0%"],
  [0.0079495, "0.79\u00A0%"],
  [0.0099, "0.99\u00A0%"],
  [0.01, "1.0\u00A0%"],
  [0.0125, "1.3\u00A0%"],
  [0.7416, "74.2\u00A0%"],
  [1, "100.0\u00A0%"],
  [Number.NaN, "–"],
])("the share %d is written %s", (fraction, text) => expect(formatPercent(fraction)).toBe(text));
