import { expect, test } from "vitest";
import { formatSignedPercent } from "#format/numbers.ts";

test("an error keeps its sign; none has none", () => {
  expect([0.0041, -0.293, 0, Number.NaN].map(formatSignedPercent)).toEqual([
    "+0.41\u00a0%",
    "\u221229.3\u00a0%",
    "0\u00a0%",
    "–",
  ]);
});
