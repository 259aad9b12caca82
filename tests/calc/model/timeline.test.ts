import { expect, test } from "vitest";
import { perTerm } from "#calc/model/terms.ts";
import { peakOf, type TimelinePoint } from "#calc/model/timeline.ts";

const point = (layer: number, bytes: number): TimelinePoint => ({
  phase: "forward",
  layer,
  at: "highest",
  bytes,
  terms: perTerm(() => 0),
  onTape: null,
  pass: "train",
});

test("the peak is the highest point, and of several as high the first", () => {
  expect(peakOf([point(0, 4), point(1, 9), point(2, 7)]).layer).toBe(1);
  expect(peakOf([point(0, 4), point(1, 9), point(2, 9)]).layer).toBe(1);
});
