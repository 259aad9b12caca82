import { expect, test, describe } from "vitest";
import {
  dimensionLine,
  type Axis,
  type ChosenLine,
  chosenLine,
  type OtherCapacity,
  otherLines,
  type MarkRoom,
  measuredMark,
} from "#charts/bar-marks.ts";
import { GIB } from "#calc/base/bytes.ts";
import { textWidth } from "#format/svg.ts";
import {
  BAR_SHAPES,
  type BarShapeId,
  barsEnd,
  type BarsData,
  type BarsLayout,
  memoryBars,
} from "#charts/memory-bars.ts";
import { spokenBar } from "#charts/bar-accessibility.ts";
import { picture } from "./bar-builders.ts";

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

/** 100 GiB on 1000 px. */
const AXIS: Axis = { left: 100, right: 1100, pixelsPerGib: 10 };

const chosen = (gib: number, axis = AXIS, label = "RTX 4090"): ChosenLine =>
  chosenLine({ label, bytes: gib * GIB }, axis);

describe("the flag of the chosen card", () => {
  test("stands at its line, as wide as its name with 8 px on both sides", () => {
    const { lineX, x, width, opensLeft } = chosen(24);
    expect([lineX, x, opensLeft]).toEqual([340, 340, false]);
    expect(width).toBeCloseTo(75.64, 9);
  });

  test("opens to the left in the last 160 px of the axis", () => {
    expect(chosen(84).opensLeft).toBe(false);
    expect(chosen(84.1).opensLeft).toBe(true);
    expect(chosen(90).x).toBeCloseTo(900 + 100 - 75.64, 9);
  });

  test("opens to the left in the last 18 % of a short axis", () => {
    const short = { left: 100, right: 600, pixelsPerGib: 10 };
    expect(chosen(41, short).opensLeft).toBe(false);
    expect(chosen(41.1, short).opensLeft).toBe(true);
  });

  test("opens to the left where it would not fit to the right, and never leaves the drawing", () => {
    const tiny = { left: 0, right: 200, pixelsPerGib: 10 };
    expect(chosen(12.4, tiny).opensLeft).toBe(false);
    expect(chosen(12.5, tiny).opensLeft).toBe(true);
    expect(chosen(5, { left: 0, right: 100, pixelsPerGib: 10 }, "A card with a long name")).toMatchObject({
      opensLeft: true,
      x: 0,
    });
  });
});

describe("the lines of other cards", () => {
  const card = (memoryGb: number, gib = memoryGb): OtherCapacity => ({
    memoryGb,
    label: `${memoryGb} GB`,
    bytes: gib * GIB,
  });
  const drawn = (others: readonly OtherCapacity[], line = chosen(60)): readonly string[] =>
    otherLines(others, line, AXIS).map(({ label }) => label);

  test("are tried from the sizes that most cards have to the rarest, each where it says", () => {
    const lines = otherLines(
      [192, 96, 12, 32, 141, 8, 48, 16, 80, 24].map((gb) => card(gb, gb / 4)),
      chosen(60),
      AXIS,
    );
    expect(lines.map(({ label, lineX }) => [label, lineX])).toEqual([
      ["24 GB", 160],
      ["80 GB", 300],
      ["48 GB", 220],
      ["141 GB", 452.5],
      ["192 GB", 580],
    ]);
  });

  test.each([
    [24, 80],
    [80, 16],
    [16, 48],
    [48, 8],
    [8, 141],
    [141, 32],
    [32, 12],
    [12, 96],
    [96, 192],
  ])("where %d and %d GB would touch, the first has the room", (first, second) => {
    expect(drawn([card(second, 20), card(first, 21)])).toEqual([`${first} GB`]);
  });

  test("keep 8 px from each other: two of 37 px want their middles 45 px apart", () => {
    expect(drawn([card(24, 20), card(80, 24.49)])).toEqual(["24 GB"]);
    expect(drawn([card(24, 20), card(80, 24.51)])).toEqual(["24 GB", "80 GB"]);
    expect(drawn([card(24, 24.51), card(80, 20)])).toEqual(["24 GB", "80 GB"]);
  });

  test("keep 8 px from the chosen flag, whichever way it opens", () => {
    // The flag's box is 340 to 415.6 px; half a label is 18.5.
    expect(drawn([card(24, 21.3)], chosen(24))).toEqual(["24 GB"]);
    expect(drawn([card(24, 21.4)], chosen(24))).toEqual([]);
    expect(drawn([card(24, 34.3)], chosen(24))).toEqual(["24 GB"]);
    expect(drawn([card(24, 34.1)], chosen(24))).toEqual([]);
    // To the left of 1000 px it is 924.4 to 1000.
    expect(drawn([card(24, 79.7)], chosen(90))).toEqual(["24 GB"]);
    expect(drawn([card(24, 79.9)], chosen(90))).toEqual([]);
    expect(drawn([card(24, 92.7)], chosen(90))).toEqual(["24 GB"]);
    expect(drawn([card(24, 92.6)], chosen(90))).toEqual([]);
  });

  test("have their names in the drawing, from its left side to the axis end", () => {
    expect(drawn([card(24, 98.2)])).toEqual([]);
    expect(drawn([card(24, 98.1)])).toEqual(["24 GB"]);
    const atZero = { left: 0, right: 1000, pixelsPerGib: 10 };
    const far = chosen(60, atZero);
    expect(otherLines([card(24, 1.8)], far, atZero)).toEqual([]);
    expect(otherLines([card(24, 1.9)], far, atZero)).toHaveLength(1);
  });

  test("have room where they reach the sides of the drawing, and where just 8 px are left to the chosen flag", () => {
    const width = textWidth("24 GB", 12);
    const card24 = card(24, width / 2);
    // A pixel a GiB: the name goes from 0 to its width.
    const axis = { left: 0, right: width, pixelsPerGib: 1 };
    const flag = (x: number): ChosenLine => ({ lineX: x, label: "", x, width: 10, opensLeft: false });
    expect(otherLines([card24], flag(width + 8), axis)).toHaveLength(1);
    expect(otherLines([card24], flag(-18), axis)).toHaveLength(1);
    expect(otherLines([card24], flag(width + 7), axis)).toEqual([]);
    expect(otherLines([card24], flag(-17), axis)).toEqual([]);
  });

  test("that are always drawn have their names beside the line's middle at the sides, and no name where another stands", () => {
    const at = (memoryGb: number, gib: number) => ({ ...card(memoryGb, gib), always: true as const });
    const names = (...cards: Parameters<typeof otherLines>[0]) =>
      otherLines(cards, chosen(50), AXIS).map(({ label, lineX, labelX }) => [label, lineX, labelX]);
    const half = textWidth("24 GB", 12) / 2;
    expect(names(at(24, 99))).toEqual([["24 GB", 1090, AXIS.right - half]]);
    expect(names(at(24, 20))).toEqual([["24 GB", 300, 300]]);
    expect(names(at(24, 20), at(80, 21))).toEqual([
      ["24 GB", 300, 300],
      ["", 310, 310],
    ]);
  });

  test("are as wide as their names", () => {
    expect(otherLines([card(24)], chosen(60), AXIS)[0]?.width).toBeCloseTo(36.96, 9);
  });
});

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
