import { describe, expect, test } from "vitest";
import { bytes } from "#calc/base/bytes.ts";
import { type Segment, segments } from "#charts/memory-bars.ts";
import { term } from "./bar-builders.ts";

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
