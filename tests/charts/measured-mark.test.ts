import { describe, expect, test } from "vitest";
import { GIB } from "#calc/base/bytes.ts";
import {
  BAR_SHAPES,
  type BarShapeId,
  barsEnd,
  type BarsData,
  type BarsLayout,
  memoryBars,
} from "#charts/memory-bars.ts";
import { type MarkRoom, measuredMark } from "#charts/bar-marks.ts";
import { spokenBar } from "#charts/bar-accessibility.ts";
import { textWidth } from "#format/svg.ts";
import { picture } from "./bar-builders.ts";

/** A bar between 100 and 138 px from the top, 10 px a GiB from 124 on, the chosen line at 324. */
const ROOM: MarkRoom = {
  left: 124,
  right: 1024,
  pixelsPerGib: 10,
  lineX: 324,
  bar: { top: 100, foot: 138 },
  above: [],
  name: null,
};
const markAt = (gib: number, room: Partial<MarkRoom> = {}) =>
  measuredMark({ bytes: gib * GIB, metric: "reserved" }, { ...ROOM, ...room });
/** How far a label of 10 to 99 GiB reaches from the mark. */
const REACH = 12 + textWidth("measured 10.0", 12);

describe("the mark of a measurement", () => {
  test("stands at its own value: a stem 4 px beyond the bar, a diamond on top, and what it is of in its title", () => {
    expect(markAt(10)).toEqual({
      x: 224,
      stem: [96, 142],
      diamondY: 91,
      label: { text: "measured 10.0", x: 212, anchor: "end" },
      title: "Measured 10.0 GiB, reserved",
    });
  });

  test("has its label on the side away from the chosen line", () => {
    expect(markAt(19.9)?.label?.anchor).toBe("end");
    expect(markAt(20)?.label).toEqual({ text: "measured 20.0", x: 336, anchor: "start" });
  });

  test("has a label as long as that stays inside the drawing", () => {
    expect(markAt(10, { left: REACH - 100 })?.label).not.toBeNull();
    expect(markAt(10, { left: REACH - 100 - 1 })?.label).toBeNull();
    expect(markAt(30, { right: 424 + REACH })?.label).not.toBeNull();
    expect(markAt(30, { right: 424 + REACH - 1 })?.label).toBeNull();
  });

  test("has no label within 8 px of another", () => {
    const [from, to] = [224 - REACH, 212];
    const labelBeside = (other: Readonly<{ from: number; to: number }>) => markAt(10, { above: [other] })?.label;
    expect(labelBeside({ from: to + 8, to: to + 40 })).not.toBeNull();
    expect(labelBeside({ from: to + 7, to: to + 40 })).toBeNull();
    expect(labelBeside({ from: from - 40, to: from - 8 })).not.toBeNull();
    expect(labelBeside({ from: from - 40, to: from - 7 })).toBeNull();
  });

  test("is a diamond alone where the bar's name stands above it, and under the bar where the name is in its way", () => {
    const under = (gib: number) => markAt(gib, { name: { from: 0, to: 200 } });
    // The diamond reaches 5 px to the left of its middle, and 8 px are left free: 213 px.
    expect(under(8.8)).toMatchObject({ x: 212, label: null, diamondY: 147 });
    expect(under(8.9)).toMatchObject({ x: 213, label: null, diamondY: 91 });
  });

  test("is not drawn beyond the axis, and is at its very end", () => {
    expect(markAt(90)?.x).toBe(1024);
    expect(markAt(90.1)).toBeNull();
  });
});

/** The design's picture with something measured of one of its bars. */
const measured = (method: string, gib: number): BarsData => {
  const { bars, ...rest } = picture();
  const of = (each: string) => (each === method ? [{ bytes: gib * GIB, metric: "reserved" }] : []);
  return { ...rest, bars: bars.map((bar) => ({ ...bar, measured: of(bar.method) })) };
};
const draw = (data: BarsData, shapeId: BarShapeId = "wide", width = 1032): BarsLayout =>
  memoryBars(data, { width, shape: BAR_SHAPES[shapeId], leastEndGib: 0 });

describe("in the memory bars", () => {
  test("a measurement marks its method's bar alone", () => {
    const marks = draw(measured("lora", 21.1)).lanes.map(({ marks }) => marks[0]?.title ?? null);
    expect(marks).toEqual([null, "Measured 21.1 GiB, reserved", null]);
  });

  test("a label gives way to GPUs' labels over the first bar, and to the measure under the bar before", () => {
    const labelOf = (method: string, gib: number, index: number) =>
      draw(measured(method, gib)).lanes[index]?.marks[0]?.label ?? null;
    expect(labelOf("full", 16, 0)).toBeNull();
    expect(labelOf("full", 60, 0)).not.toBeNull();
    expect(labelOf("lora", 16, 1)).not.toBeNull();
    const { dimension } = draw(picture()).lanes[0] ?? {};
    const gibAt = (((dimension?.textX ?? 0) - 124) / (1032 - 124)) * 84;
    expect(labelOf("lora", gibAt, 1)).toBeNull();
  });

  test("a phone shows the diamond alone", () => {
    const mark = draw(measured("lora", 21.1), "narrow", 358).lanes[1]?.marks[0];
    expect(mark?.label).toBeNull();
    expect(mark?.x).toBeGreaterThan(0);
  });

  test("the axis holds what was measured, where it holds so much at all", () => {
    expect(barsEnd(picture(), 4)).toBe(84);
    expect(barsEnd(measured("lora", 90), 8)).toBe(100);
    expect(draw(measured("lora", 500)).lanes[1]?.marks).toEqual([]);
  });

  test("the bar says it aloud", () => {
    const said = measured("lora", 21.1).bars.map(spokenBar);
    expect(said[0]).not.toContain("measured");
    expect(said[1]).toBe("lora: 26.8 GiB on the card, 3.3 GiB over, measured 21.1 GiB reserved");
  });
});
