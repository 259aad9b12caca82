import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { GIB } from "#calc/base/bytes.ts";
import { formatBytes, formatGib, formatSignedGib, formatGb } from "#format/bytes.ts";

describe("GiB on the page", () => {
  it.each([
    [0, "–"],
    [0.5, "<\u00A00.1"],
    [1, "<\u00A00.1"],
    [-1, ">\u00A0\u22120.1"],
    [Math.floor(0.05 * GIB), "<\u00A00.1"],
    [Math.ceil(0.05 * GIB), "0.1"],
    [0.1 * GIB, "0.1"],
    [6.65 * GIB, "6.7"],
    [0.25 * GIB, "0.3"],
    [22.75 * GIB, "22.8"],
    [999.9375 * GIB, "999.9"],
    [999.96875 * GIB, "1,000"],
    [1000 * GIB, "1,000"],
    [1203.5 * GIB, "1,204"],
    [1204.49 * GIB, "1,204"],
    [12_345_678 * GIB, "12,345,678"],
    [Number.NaN, "–"],
    [Number.POSITIVE_INFINITY, "–"],
  ])("%d bytes are written %s", (bytes, text) => expect(formatGib(bytes)).toBe(text));

  it("a difference has a plus for spare and a true minus for missing", () => {
    expect(formatSignedGib(6.7 * GIB)).toBe("+6.7");
    expect(formatSignedGib(-51.8 * GIB)).toBe("\u221251.8");
    expect(formatSignedGib(-1204 * GIB)).toBe("\u22121,204");
    expect(formatSignedGib(0)).toBe("0.0");
    expect(formatSignedGib(-0)).toBe("0.0");
    expect(formatSignedGib(Number.NaN)).toBe("–");
  });

  it("a difference too small for its decimal still says which side of zero it is", () => {
    expect(formatSignedGib(1)).toBe("<\u00A0+0.1");
    expect(formatSignedGib(0.5)).toBe("<\u00A0+0.1");
    expect(formatSignedGib(-1)).toBe(">\u00A0\u22120.1");
  });

  it("what is missing is never taken for a total", () => expect(formatGib(-2 * GIB)).toBe("\u22122.0"));

  it("missing and spare of the same size have the same digits", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 ** 50 }), (bytes) => {
        expect(formatSignedGib(-bytes).replace(/[<>\u2212]/g, "")).toBe(formatSignedGib(bytes).replace(/[<>+]/g, ""));
      }),
    );
  });

  it("the written number is never further from the truth than half its last digit", () => {
    fc.assert(
      fc.property(fc.integer({ min: Math.ceil(0.05 * GIB), max: 2 ** 52 }), (bytes) => {
        const text = formatGib(bytes);
        const halfDigit = text.includes(".") ? 0.05 : 0.5;
        expect(Math.abs(Number(text.replaceAll(",", "")) - bytes / GIB)).toBeLessThanOrEqual(halfDigit + 1e-9);
      }),
    );
  });
});

describe("bytes in full", () => {
  it.each([
    [8_405_385_216, "8,405,385,216\u00A0B"],
    [0, "0\u00A0B"],
    [999, "999\u00A0B"],
    [-4096, "\u22124,096\u00A0B"],
    [Number.NaN, "–"],
  ])("%d is written %s", (bytes, text) => expect(formatBytes(bytes)).toBe(text));
});

test.each([
  [0, "0.0"],
  [81_920_000_000, "81.9"],
  [99_949_000_000, "99.9"],
  [99_950_000_000, "100"],
  [1_500_000_000_000, "1,500"],
  [-1_500_000_000, "1.5"],
])("%d bytes are %s GB, without a sign", (bytes, text) => expect(formatGb(bytes)).toBe(text));
