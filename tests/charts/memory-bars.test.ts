import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { GIB, bytes } from "#calc/base/bytes.ts";
import {
  BAR_SHAPES,
  type BarShapeId,
  type BarsLayout,
  gapText,
  type Lane,
  memoryBars,
  type Segment,
  segments,
} from "#charts/memory-bars.ts";
import { textWidth } from "#format/svg.ts";
import { bar, picture, term } from "./bar-builders.ts";

const draw = (width: number, shapeId: BarShapeId, capacityGib?: number): BarsLayout =>
  memoryBars(picture(capacityGib), { width, shape: BAR_SHAPES[shapeId], leastEndGib: 0 });

/** Any drawing that the page can ask for. */
const anyLayout = fc
  .record({
    terms: fc.array(fc.array(fc.double({ min: 0, max: 400, noNaN: true }), { minLength: 8, maxLength: 8 }), {
      minLength: 1,
      maxLength: 3,
    }),
    capacityGib: fc.double({ min: 0.5, max: 300, noNaN: true }),
    width: fc.integer({ min: 290, max: 1400 }),
    shapeId: fc.constantFrom<BarShapeId>("wide", "medium", "narrow", "embed"),
  })
  .map(({ terms, capacityGib, width, shapeId }) => {
    const methods = ["full", "lora", "qlora"] as const;
    const data = {
      ...picture(capacityGib),
      bars: terms.map((gib, index) => bar(methods[index] ?? "full", gib, capacityGib)),
    };
    return memoryBars(data, { width, shape: BAR_SHAPES[shapeId], leastEndGib: 0 });
  });

const chosenBox = ({ chosen }: BarsLayout): readonly [number, number] => [chosen.x, chosen.x + chosen.width];

describe("the memory bars of the design's picture", () => {
  test("at 1032 px the axis ends at 84 GiB and the lines of 8, 16, 48 and 80 GB have room", () => {
    const { endGib, others } = draw(1032, "wide");
    expect(endGib).toBe(84);
    expect(others.map(({ label }) => label).toSorted()).toEqual(["16 GB", "48 GB", "8 GB", "80 GB"]);
  });

  test("the axis of the widest drawing is at most four times the chosen capacity", () => {
    expect(draw(1032, "wide", 21).endGib).toBe(84);
    expect(draw(1032, "wide", 20.9).endGib).toBe(64);
  });

  test("a bar that ends at the chosen line is not over it", () => {
    const full = bar("full", [8, 0, 4, 4, 0, 0, 0, 0], 16);
    const data = { ...picture(16), bars: [full] };
    const layout = memoryBars(data, { width: 1032, shape: BAR_SHAPES.wide, leastEndGib: 0 });
    expect(layout.lanes[0]?.endX).toBe(layout.chosen.lineX);
    expect(layout.lanes[0]?.over).toBeNull();
  });

  test("what is declared stands behind the bar, and the line under it begins where that ends", () => {
    const counted = bar("lora", [8, 0, 2, 0, 0, 0, 0, 0], 40);
    const laneOf = (declaredBytes: number): Lane => {
      const bars = [{ ...counted, declaredBytes, seenBytes: 12 * GIB }];
      const [lane] = memoryBars(
        { ...picture(40), bars },
        { width: 1032, shape: BAR_SHAPES.wide, leastEndGib: 0 },
      ).lanes;
      if (lane === undefined) throw new Error("a bar is drawn");
      return lane;
    };
    const { segments, declared, endX, seenX } = laneOf(20 * GIB);
    const counts = segments.reduce((end, { x, width }) => Math.max(end, x + width), 0);
    expect(declared).toMatchObject({
      x: expect.closeTo(counts),
      width: expect.closeTo(endX - counts),
      label: { text: "vLLM, reserved" },
    });
    expect(seenX).toBeNull();
    expect(laneOf(0).declared).toBeNull();
    expect(laneOf(35 * GIB).over).not.toBeNull();
  });

  test("what is declared behind a bar that is cut is not drawn", () => {
    const long = { ...bar("full", [60, 0, 15, 0, 0, 0, 0, 0], 16), declaredBytes: 5 * GIB };
    const [lane] = memoryBars(
      { ...picture(16), bars: [long] },
      { width: 358, shape: BAR_SHAPES.narrow, leastEndGib: 0 },
    ).lanes;
    expect(lane?.torn).not.toBeNull();
    expect(lane?.declared).toBeNull();
  });

  test("at 358 px the full bar is cut and says where it goes", () => {
    const [full, lora] = draw(358, "narrow").lanes;
    expect(full?.torn?.text).toBe("to 75.3");
    expect(full?.endX).toBe(358);
    expect(lora?.torn).toBeNull();
  });

  test("a segment takes its long label, its short one, or none", () => {
    const [full, , qlora] = draw(640, "embed").lanes;
    expect(full?.segments.find(({ id }) => id === "weights")?.label?.text).toBe("Base weights");
    expect(qlora?.segments.find(({ id }) => id === "weights")?.label?.text).toBe("Weights");
    expect(qlora?.segments.find(({ id }) => id === "activations")?.label).toBeNull();
  });

  test("the flag opens to the right, and to the left at the end of the axis", () => {
    expect(draw(1032, "wide").chosen.opensLeft).toBe(false);
    expect(draw(358, "narrow").chosen.opensLeft).toBe(false);
    expect(draw(1032, "wide", 79.2).chosen.opensLeft).toBe(true);
  });

  test("the measure says what is over or free", () => {
    expect(draw(1032, "wide").lanes.map(({ dimension }) => dimension.text)).toEqual([
      "51.8\u00a0GiB over",
      "3.3\u00a0GiB over",
      "6.6\u00a0GiB free",
    ]);
  });

  test("of a bar that does not run it is said that it cannot", () => {
    expect(gapText({ fit: "cannot-run", headroomBytes: -GIB })).toBe("cannot run");
  });

  test("its height does not depend on what the bars hold", () => {
    expect(draw(1032, "wide", 8).height).toBe(draw(500, "wide", 140).height);
  });

  test("an axis that is held may not shrink", () => {
    const layout = memoryBars(picture(), { width: 1032, shape: BAR_SHAPES.wide, leastEndGib: 150 });
    expect(layout.endGib).toBe(150);
  });
});

describe("the design's picture with 10 px a GiB", () => {
  const layout = memoryBars(picture(), { width: 1124, shape: BAR_SHAPES.wide, leastEndGib: 100 });

  test("has its bars end where their bytes do, and hatches what lies over the card's line", () => {
    const [full, lora, qlora] = layout.lanes.map(({ endX, over, torn }) => ({ endX, over, torn }));
    expect(full).toEqual({
      endX: expect.closeTo(877, 4),
      over: { x: 359.5, width: expect.closeTo(517.5, 4) },
      torn: null,
    });
    expect(lora?.over?.width).toBeCloseTo(32.6, 4);
    expect(qlora).toEqual({ endX: expect.closeTo(293.1, 4), over: null, torn: null });
  });

  test("measures from each bar's end to the line", () => {
    expect(layout.lanes.map(({ dimension: { x1, x2, open } }) => [Math.round(x1), Math.round(x2), open])).toEqual([
      [360, 877, false],
      [360, 392, false],
      [293, 360, false],
    ]);
  });

  test("has a number at every tick and the unit after the last, which ends where the drawing ends", () => {
    const [last, ...others] = layout.ticks.toReversed();
    expect(others.toReversed()).toEqual([
      { x: 124, text: "0", unit: false, anchor: "start" },
      { x: 324, text: "20", unit: false, anchor: "middle" },
      { x: 524, text: "40", unit: false, anchor: "middle" },
      { x: 724, text: "60", unit: false, anchor: "middle" },
      { x: 924, text: "80", unit: false, anchor: "middle" },
    ]);
    expect(last).toEqual({
      x: expect.closeTo(1124 - textWidth("100 GiB", 11), 9),
      text: "100",
      unit: true,
      anchor: "start",
    });
  });

  test("has as many numbers as have room beside the names", () => {
    const ticks = (width: number): readonly string[] => draw(width, "wide").ticks.map(({ text }) => text);
    expect(ticks(600)).toEqual(["0", "20", "40", "60", "80"]);
    expect(ticks(800)).toEqual(["0", "10", "20", "30", "40", "50", "60", "70", "80"]);
  });

  test("centres the last number on its tick where the unit has room after it", () => {
    const roomy = memoryBars(picture(), { width: 1124, shape: BAR_SHAPES.wide, leastEndGib: 0 });
    const last = roomy.ticks.at(-1);
    expect(last).toMatchObject({ text: "80", unit: true });
    expect(last?.x).toBeCloseTo(124 + (80 * 1000) / 84 - textWidth("80", 11) / 2, 9);
  });
});

describe("what is seen of a bar on its card", () => {
  // 10 px a GiB on an axis to 84.
  const seenAt = (seenGib: number | null, data = picture(24)): readonly (number | null)[] =>
    memoryBars(
      { ...data, bars: data.bars.map((each) => ({ ...each, seenBytes: seenGib === null ? null : seenGib * GIB })) },
      { width: 964, shape: BAR_SHAPES.wide, leastEndGib: 84 },
    ).lanes.map(({ seenX }) => seenX);

  test("is where a thin line from the bar's end goes to, at its own place on the axis", () => {
    expect(seenAt(20)[2]).toBeCloseTo(324, 6);
    expect(seenAt(24)[2]).toBeCloseTo(364, 6);
  });

  test("has no line where nothing is seen, or no more than the bar has", () => {
    expect(seenAt(null)).toEqual([null, null, null]);
    expect(seenAt(16)).toEqual([null, null, null]);
    expect(memoryBars(picture(), { width: 964, shape: BAR_SHAPES.wide, leastEndGib: 0 }).lanes[2]?.seenX).toBeNull();
  });

  test("has no line that is shorter than its end tick is wide", () => {
    // The third bar has 16.91 GiB.
    expect(seenAt(17.1)[2]).toBeNull();
    expect(seenAt(17.12)[2]).toBeCloseTo(295.2, 6);
  });

  test("leaves the measure to begin at the bar's end, a lane lower", () => {
    const [, , lane] = memoryBars(
      { ...picture(24), bars: picture(24).bars.map((each) => ({ ...each, seenBytes: 20 * GIB })) },
      { width: 964, shape: BAR_SHAPES.wide, leastEndGib: 84 },
    ).lanes;
    expect(lane?.dimension.x1).toBe(lane?.endX);
    expect((lane?.dimensionY ?? 0) - ((lane?.y ?? 0) + BAR_SHAPES.wide.barHeight)).toBe(12);
  });
});

describe("a bar that goes on beyond the axis", () => {
  const layout = memoryBars(picture(), { width: 640, shape: BAR_SHAPES.narrow, leastEndGib: 0 });
  const torn = layout.lanes[0]?.torn;

  test("says where to on a plate with 6 px on both sides, 20 px before the torn end", () => {
    expect(torn?.width).toBeCloseTo(textWidth("to 75.3", 12) + 12, 9);
    expect(torn?.x).toBeCloseTo(640 - 20 - textWidth("to 75.3", 12) - 12, 9);
  });

  test("is measured with an open end, and has no parts beyond the axis", () => {
    expect(layout.lanes.map(({ dimension }) => dimension.open)).toEqual([true, false, false]);
    for (const { x } of layout.lanes[0]?.segments ?? []) expect(x).toBeLessThan(640);
  });

  // 10 px a GiB on an axis to 40.
  const laneOf = (...gib: readonly number[]): BarsLayout["lanes"][number] | undefined =>
    memoryBars(
      { ...picture(), bars: [bar("full", gib, 20)], chosen: { label: "card", bytes: 20 * GIB } },
      { width: 400, shape: BAR_SHAPES.narrow, leastEndGib: 0 },
    ).lanes[0];

  test("is cut from half a pixel on", () => {
    expect(laneOf(40.04)?.torn).toBeNull();
    expect(laneOf(40.06)?.torn).not.toBeNull();
  });

  test("has no part that would begin where the axis ends", () => {
    expect(laneOf(40, 10)?.segments.map(({ id }) => id)).toEqual(["weights"]);
    expect(laneOf(39, 10)?.segments.map(({ id }) => id)).toEqual(["weights", "adapters"]);
  });
});

test("a drawing narrower than its names still has an axis of a pixel", () => {
  const { left, right } = memoryBars(picture(), { width: 100, shape: BAR_SHAPES.wide, leastEndGib: 0 });
  expect([left, right]).toEqual([124, 125]);
});

test("a card that is full of what is in use leaves nothing free and nothing over", () => {
  const [lane] = memoryBars(
    { ...picture(), bars: [bar("full", [23.55], 23.55)] },
    { width: 640, shape: BAR_SHAPES.wide, leastEndGib: 0 },
  ).lanes;
  expect(lane?.dimension.text).toBe("–\u00a0GiB free");
  expect(lane?.over).toBeNull();
});

describe("any memory bars", () => {
  test("segments follow each other without a hole and sum to the bar", () => {
    fc.assert(
      fc.property(anyLayout, (layout) => {
        const pixelsPerGib = (layout.right - layout.left) / layout.endGib;
        for (const lane of layout.lanes) {
          let x = layout.left;
          for (const segment of lane.segments) {
            expect(segment.x).toBeCloseTo(x, 6);
            x += segment.width;
          }
          const length = (lane.bar.totalBytes / GIB) * pixelsPerGib;
          if (lane.torn === null) expect(x - layout.left).toBeCloseTo(length, 3);
          else expect(x).toBeGreaterThanOrEqual(layout.right);
        }
      }),
    );
  });

  test("a term under 3 px is drawn at true length, a wider one leaves 1 px of surface", () => {
    fc.assert(
      fc.property(anyLayout, ({ lanes }) => {
        for (const { width, paintedWidth } of lanes.flatMap(({ segments }) => segments.slice(0, -1)))
          expect(paintedWidth).toBeCloseTo(width < 3 ? width : width - 1, 9);
      }),
    );
  });

  test("the chosen line and every bar lie on the axis", () => {
    fc.assert(
      fc.property(anyLayout, (layout) => {
        expect(layout.chosen.lineX).toBeLessThanOrEqual(layout.right + 1e-6);
        for (const { endX } of layout.lanes) expect(endX).toBeLessThanOrEqual(layout.right + 0.5);
      }),
    );
  });

  test("labels of cards keep 8 px from each other and stay in the drawing", () => {
    fc.assert(
      fc.property(anyLayout, (layout) => {
        const boxes = [
          chosenBox(layout),
          ...layout.others.map(({ labelX, width }) => [labelX - width / 2, labelX + width / 2] as const),
        ].toSorted(([one], [other]) => one - other);
        for (const [index, [from, to]] of boxes.entries()) {
          expect(from).toBeGreaterThanOrEqual(0);
          expect(to).toBeLessThanOrEqual(layout.right + 1e-6);
          const next = boxes[index + 1];
          if (next !== undefined) expect(next[0] - to).toBeGreaterThanOrEqual(8 - 1e-6);
        }
      }),
    );
  });

  test("a segment's label has 8 px on both sides, and neither the chosen line nor the cut end crosses it", () => {
    fc.assert(
      fc.property(anyLayout, (layout) => {
        for (const lane of layout.lanes)
          for (const { x, width, label } of lane.segments) {
            if (label === null) continue;
            const end = label.x + label.width;
            expect(label.x - x).toBeGreaterThanOrEqual(8 - 1e-6);
            expect(end + 8).toBeLessThanOrEqual(Math.min(x + width, lane.torn?.x ?? Infinity) + 1e-6);
            expect(end <= layout.chosen.lineX || label.x >= layout.chosen.lineX).toBe(true);
          }
      }),
    );
  });

  test("the text of a measure stays in the drawing, and inside its span only with 32 px to spare", () => {
    fc.assert(
      fc.property(anyLayout, (layout) => {
        for (const { dimension } of layout.lanes) {
          const width = textWidth(dimension.text, 12);
          expect(dimension.textX - width / 2).toBeGreaterThanOrEqual(-1e-6);
          expect(dimension.textX + width / 2).toBeLessThanOrEqual(layout.width + 1e-6);
          expect(dimension.inside).toBe(dimension.x2 - dimension.x1 > width + 32);
        }
      }),
    );
  });
});

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

/** 10 px a GiB; the chosen line and the end of the labels far away. */
const PLACE = { left: 100, pixelsPerGib: 10, lineX: 5000, labelsEnd: 5000 };

const only = (gib: number, place = PLACE): Segment["label"] | undefined =>
  segments([term("weights", gib), term("framework", 1)], place)[0]?.label;

describe("the segments of a bar", () => {
  test("follow each other from its left end; what is not there has none", () => {
    const drawn = segments([term("weights", 20), term("adapters", 0), term("logits", 5)], PLACE);
    expect(drawn.map(({ id, x, width }) => [id, x, width])).toEqual([
      ["weights", 100, 200],
      ["logits", 300, 50],
    ]);
  });

  test("are of every part that has a byte", () => {
    expect(segments([{ ...term("logits", 0), bytes: bytes(1) }], PLACE)).toHaveLength(1);
  });

  test("leave 1 px of surface, but not after the last and not where they are under 3 px", () => {
    const drawn = segments([term("weights", 20), term("adapters", 0.25), term("gradients", 0.5), term("logits", 5)], {
      ...PLACE,
      pixelsPerGib: 8,
    });
    expect(drawn.map(({ width, paintedWidth }) => width - paintedWidth)).toEqual([1, 0, 1, 0]);
    expect(segments([term("weights", 3), term("logits", 1)], { ...PLACE, pixelsPerGib: 1 })[0]?.paintedWidth).toBe(2);
  });
});

describe("a copy of the reference", () => {
  const [drawn] = segments([{ ...term("weights", 30), referenceBytes: bytes(10 * 2 ** 30) }, term("logits", 1)], PLACE);

  test("is the end of the base weights, whose own label stays before it", () => {
    expect(drawn?.reference).toMatchObject({ x: 299, width: 100, label: { text: "Reference" } });
    expect(drawn?.label?.text).toBe("Base weights");
  });

  test("has a short label, or none, where there is little room", () => {
    const labelOf = (gib: number) =>
      segments([{ ...term("weights", 30), referenceBytes: bytes(gib * 2 ** 30) }], PLACE)[0]?.reference?.label?.text;
    expect([labelOf(6), labelOf(2)]).toEqual(["Ref.", undefined]);
    expect(segments([term("weights", 30)], PLACE)[0]?.reference).toBeNull();
  });

  test("is called a teacher where it is one", () => {
    const taught = { ...term("weights", 30), referenceBytes: bytes(10 * 2 ** 30), isTeacher: true } as const;
    expect(segments([taught], PLACE)[0]?.reference?.label?.text).toBe("Teacher");
  });
});

describe("the label of a segment", () => {
  // "Base weights" is 82.26 px wide at 12 px, "Weights" 52.2.
  test("is the long one with 8 px on both sides, the short one where that has no room, or none", () => {
    expect(only(9.83)).toEqual({ text: "Base weights", x: 108, width: expect.closeTo(82.26, 9), onHatch: false });
    expect(only(9.82)?.text).toBe("Weights");
    expect(only(6.9)?.text).toBe("Weights");
    expect(only(6.5)).toBeNull();
  });

  test("stands before the chosen line where it has room there", () => {
    expect(only(40, { ...PLACE, lineX: 198.3 })).toMatchObject({ text: "Base weights", x: 108, onHatch: false });
  });

  test("stands after the line, on the hatch, where only that side has room", () => {
    expect(only(40, { ...PLACE, lineX: 150 })).toMatchObject({ text: "Base weights", x: 158, onHatch: true });
    expect(only(40, { ...PLACE, lineX: 50 })).toMatchObject({ text: "Base weights", x: 108, onHatch: true });
  });

  test("leaves the plate at the torn end free", () => {
    expect(only(40, { ...PLACE, labelsEnd: 198.3 })?.text).toBe("Base weights");
    expect(only(40, { ...PLACE, labelsEnd: 198.2 })?.text).toBe("Weights");
    expect(only(40, { ...PLACE, lineX: 150, labelsEnd: 200 })).toBeNull();
  });
});
