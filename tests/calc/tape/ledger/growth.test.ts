import { describe, expect, test } from "vitest";
import { type Dim, DIMENSION_NAMES, DIMENSIONS } from "#calc/tape/ledger/dimension.ts";
import { extentOf } from "#calc/tape/ledger/extent.ts";
import { allocatedAt, growthAt, growthOfNumber, isNeverMore, compensatingGrowths } from "#calc/tape/ledger/growth.ts";
import { sameInOneRow, shapeOf } from "#calc/tape/ledger/shape.ts";

const POINT = extentOf({ b: 3, s: 130, chunk: 40, chunkSize: 64 });

/** Every product that a tensor has: its dimensions, elements at `POINT`, its name. */
const PRODUCTS: readonly (readonly [dims: readonly Dim[], elements: number, name: string])[] = [
  [[], 1, "1"],
  [["s"], 130, "s"],
  [["s", "s"], 130 ** 2, "s*s"],
  [["b"], 3, "b"],
  [["b", "s"], 390, "b*s"],
  [["b", "s", "s"], 3 * 130 ** 2, "b*s*s"],
  [["b", "s+1"], 393, "b*(s+1)"],
  [["b", "s", "s+1"], 390 * 131, "b*s*(s+1)"],
  [["chunk"], 40, "chunk"],
  [["b", "s+2"], 396, "b*(s+2)"],
  [["b", "s+3"], 399, "b*(s+3)"],
  [["s8"], 136, "s8"],
  [["b", "s", "s8"], 390 * 136, "b*s*s8"],
  [["b", "s32"], 480, "b*s32"],
  [["c"], 3, "c"],
  [["b", "c"], 9, "b*c"],
  [["b", "c+1"], 12, "b*(c+1)"],
  [["b", "(c+1)^2"], 48, "b*(c+1)*(c+1)"],
  [["b", "c-1"], 6, "b*(c-1)"],
  [["b", "c-3"], 0, "b*(c-3)"],
  [["b", "own"], 390, "b*own"],
];

const growthOf = (dims: readonly Dim[]): number => shapeOf(...dims).growth;
const GROWTHS = PRODUCTS.map(([dims]) => growthOf(dims));

/** Batches, lengths and chunks of all sorts: from one row of one position up. */
const EXTENTS = [1, 2, 3, 7, 64].flatMap((b) =>
  [1, 2, 3, 4, 5, 63, 64, 65, 129, 1000, 131_072].flatMap((s) =>
    [1, 2, 64, 256].flatMap((chunkSize) =>
      [0.001, 0.3, 1].flatMap((share) =>
        [0, 20].map((virtualTokens) =>
          extentOf({ b, s, chunk: Math.ceil(b * (s + virtualTokens) * share), chunkSize, virtualTokens }),
        ),
      ),
    ),
  ),
);

describe("Sizes are products of powers", () => {
  test.each(PRODUCTS)("%j", (dims, ...expected) => {
    const { growth, factor } = shapeOf(5, ...dims, 7);
    expect(factor).toBe(35);
    expect([growthAt(growth, POINT), growthOfNumber(growth).name]).toEqual(expected);
  });

  test("virtual tokens stand before those of the batch in every row of the model", () => {
    const at = extentOf({ b: 3, s: 130, chunk: 40, chunkSize: 64, virtualTokens: 20 });
    const valueOf = (...dims: readonly Dim[]): number => growthAt(growthOf(dims), at);
    expect([valueOf("b", "own"), valueOf("b", "s"), valueOf("s8"), valueOf("c")]).toEqual([390, 450, 152, 3]);
  });

  test("whatever order their dimensions come in", () => {
    expect(growthOf(["s+1", "s", "b"])).toBe(growthOf(["b", "s", "s+1"]));
  });

  test("a dimension that nobody knows is refused by its name", () => {
    expect(() => shapeOf("b", "patches" as Dim)).toThrow("patches: no dimension has this name");
    expect(() => shapeOf("b", "toString" as Dim)).toThrow("toString");
  });

  test("so is a product that no tensor has, and no other product is taken for it", () => {
    expect(() => shapeOf("b", "s", "b")).toThrow("b*b*s: no tensor grows so");
    expect(() => shapeOf("s", "s", "s")).toThrow("s*s*s: no tensor grows so");
    expect(() => shapeOf("b", "(c+1)^2", "c+1")).toThrow("no tensor grows so");
  });

  test("in a batch of one row the batch is no factor, and nothing else is forgotten", () => {
    expect(sameInOneRow(shapeOf("b", "s", 8), shapeOf(1, "s", 8))).toBe(true);
    expect(sameInOneRow(shapeOf("b", "s", 8), shapeOf("s", "s", 8))).toBe(false);
    expect(sameInOneRow(shapeOf("b", "s", 8), shapeOf("b", "s+1", 8))).toBe(false);
  });
});

describe("Which growth is never more than which", () => {
  test("is what the numbers say, at every point that was tried: no more and no less", () => {
    for (const one of GROWTHS)
      for (const other of GROWTHS) {
        const holds = EXTENTS.every((extent) => growthAt(one, extent) <= growthAt(other, extent));
        expect([growthOfNumber(one).name, growthOfNumber(other).name, isNeverMore(one, other)]).toEqual([
          growthOfNumber(one).name,
          growthOfNumber(other).name,
          holds,
        ]);
      }
  });

  test("what the table says of a dimension names dimensions", () => {
    for (const name of DIMENSION_NAMES)
      for (const larger of DIMENSIONS[name].within)
        for (const factor of larger) expect(DIMENSION_NAMES).toContain(factor);
  });

  test("all that can make a growth good are named, and every growth is asked once", () => {
    const order = compensatingGrowths();
    expect(order.map(({ growth }) => growth).toSorted((one, other) => one - other)).toEqual([...order.keys()]);
    for (const { growth, larger } of order)
      expect(larger.toSorted((one, other) => one - other)).toEqual(
        [...order.keys()].filter((other) => other !== growth && isNeverMore(growth, other)),
      );
  });
});

test("tensors that rows have one by one are each rounded up to blocks", () => {
  const allocatedFor = (...dims: readonly Dim[]): number => {
    const { growth, factor } = shapeOf(...dims);
    return allocatedAt(growth, 4 * factor * growthAt(growth, POINT), POINT);
  };
  // 130 numbers of 4 bytes are two blocks, and 390 are four.
  expect([allocatedFor("each row", "s"), allocatedFor("b", "s")]).toEqual([3 * 1024, 4 * 512]);
  expect(allocatedFor("each other row", "s")).toBe(2 * 1024);
  const alone = extentOf({ b: 1, s: 130, chunk: 1, chunkSize: 1 });
  expect(allocatedAt(shapeOf("each other row", "s").growth, 0, alone)).toBe(0);
});
