import { describe, expect, test } from "vitest";
import { GIB } from "#calc/base/bytes.ts";
import { type Axis, type ChosenLine, chosenLine, type OtherCapacity, otherLines } from "#charts/bar-marks.ts";
import { textWidth } from "#format/svg.ts";

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
