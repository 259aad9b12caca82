import { expect, test } from "vitest";
import { BAR_SHAPES, memoryBars } from "#charts/memory-bars.ts";
import { picture } from "./bar-builders.ts";

test.each([
  ["wide", 38, { left: 124, tops: [32, 102, 172], measures: [82, 152, 222], axisY: 246, height: 270, endGib: 84 }],
  ["medium", 38, { left: 124, tops: [32, 102, 172], measures: [82, 152, 222], axisY: 246, height: 270, endGib: 40 }],
  ["narrow", 34, { left: 0, tops: [52, 134, 216], measures: [98, 180, 262], axisY: 280, height: 304, endGib: 40 }],
  ["embed", 28, { left: 52, tops: [26, 72, 118], measures: [63, 109, 155], axisY: 166, height: 188, endGib: 40 }],
] as const)(
  "the %s drawing has bars of %d px, a measure under each, and the axis under all",
  (id, barHeight, drawn) => {
    const shape = BAR_SHAPES[id];
    const { left, lanes, axisY, height, endGib } = memoryBars(picture(), { width: 640, shape, leastEndGib: 0 });
    expect(shape.barHeight).toBe(barHeight);
    expect({
      left,
      tops: lanes.map(({ y }) => y),
      measures: lanes.map(({ dimensionY }) => dimensionY),
      axisY,
      height,
      endGib,
    }).toEqual(drawn);
  },
);
