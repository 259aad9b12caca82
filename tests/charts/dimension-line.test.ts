import { expect, test } from "vitest";
import { dimensionLine } from "#charts/bar-marks.ts";

/** 73.2 px wide. */
const TEXT = "1.0 GiB free";

const measure = (barX: number, lineX: number, right = 600): ReturnType<typeof dimensionLine> =>
  dimensionLine({ barX, lineX, cut: false, text: TEXT, left: 100, right });

test.each([
  ["in the middle of a span that has 32 px to spare", { barX: 200, lineX: 306, inside: true, textX: 253 }],
  ["in the middle of a span to the left too", { barX: 306, lineX: 200, inside: true, textX: 253 }],
  [
    "beside a span that has less, 10 px from it, on the bar's side: left",
    { barX: 200, lineX: 305, inside: false, textX: 153.4 },
  ],
  ["and right, where the bar is longer", { barX: 305, lineX: 200, inside: false, textX: 351.6 }],
  ["on the other side where the bar's has no room: right", { barX: 183, lineX: 250, inside: false, textX: 296.6 }],
  ["and left", { barX: 520, lineX: 500, inside: false, textX: 453.4 }],
])("the text of a measure stands %s", (_, { barX, lineX, inside, textX }) => {
  const line = measure(barX, lineX);
  expect([line.x1, line.x2]).toEqual([Math.min(barX, lineX), Math.max(barX, lineX)]);
  expect(line.inside).toBe(inside);
  expect(line.textX).toBeCloseTo(textX, 9);
});

test("a text that fits to the pixel beside the span stands there", () => {
  expect(measure(183.2, 250).textX).toBeCloseTo(136.6, 9);
  expect(measure(516.8, 500).textX).toBeCloseTo(563.4, 9);
});

test("where neither side has room, the text lies over the span, and inside the drawing", () => {
  expect(measure(120, 170, 190).textX).toBe(145);
  expect(measure(105, 125, 190).textX).toBeCloseTo(136.6, 9);
  expect(measure(165, 185, 190).textX).toBeCloseTo(153.4, 9);
});

test("a bar that goes on beyond the axis has no tick at its end", () => {
  expect(dimensionLine({ barX: 600, lineX: 300, cut: true, text: TEXT, left: 100, right: 600 }).open).toBe(true);
  expect(measure(200, 400).open).toBe(false);
});
