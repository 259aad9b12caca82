import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseNumber, readNumber, type NumberFormat } from "#ui/NumberField.tsx";
import { tried } from "../tried.ts";

const tokens: NumberFormat = {
  min: 1,
  max: 1024,
  whole: true,
  format: (value) => value.toLocaleString("en"),
  parse: parseNumber,
};

describe("a number as people type it", () => {
  it.each([
    ["4,096", 4096],
    [" 16 ", 16],
    ["7.5", 7.5],
    [".5", 0.5],
    ["1e9", 1e9],
    ["−3", -3],
  ])("%j is %d", (text, value) => expect(parseNumber(text)).toBe(value));

  it.each(["", "abc", "1.2.3", "0x10", "NaN", "Infinity", "1e999", "4 apples"])("%j is no number", (text) =>
    expect(parseNumber(text)).toBeNull(),
  );

  const WRITTEN = "is read back from what JavaScript writes, for every finite number";
  tried(WRITTEN, { quick: 100, thorough: 10_000 }, (runs) => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (n) => {
        // Adding zero turns -0, which is written "0", into 0.
        expect(parseNumber(String(n))).toBe(n + 0);
      }),
      runs,
    );
  });
});

describe("a field's text", () => {
  it("that is nonsense keeps the value and says so", () => {
    expect(readNumber("abc", tokens, 16)).toEqual({ value: 16, issue: "“abc” is not a number. Still using 16." });
    expect(readNumber("  ", tokens, 16).issue).toBe("Nothing was typed. Still using 16.");
  });

  it("that is out of range takes the nearest end and says so", () => {
    expect(readNumber("5000", tokens, 16)).toEqual({ value: 1024, issue: "The most is 1,024. Using 1,024." });
    expect(readNumber("-3", tokens, 16)).toEqual({ value: 1, issue: "The least is 1. Using 1." });
  });

  it("that is a fraction is rounded where whole numbers are meant", () => {
    expect(readNumber("2.6", tokens, 16)).toEqual({ value: 3, issue: null });
    expect(readNumber("2.6", { ...tokens, whole: false }, 16)).toEqual({ value: 2.6, issue: null });
  });

  tried("always gives a finite value in range", { quick: 100, thorough: 10_000 }, (runs) => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const { value } = readNumber(text, tokens, 16);
        expect(value).toBeGreaterThanOrEqual(1);
        expect(value).toBeLessThanOrEqual(1024);
      }),
      runs,
    );
  });
});
