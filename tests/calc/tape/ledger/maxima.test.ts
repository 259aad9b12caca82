import fc from "fast-check";
import { expect, test } from "vitest";
import { BLOCK_BYTES } from "#calc/base/bytes.ts";
import { isCovered } from "#calc/tape/ledger/maxima.ts";
import { extentOf } from "#calc/tape/ledger/extent.ts";
import { growthAt } from "#calc/tape/ledger/growth.ts";
import { shapeOf } from "#calc/tape/ledger/shape.ts";

const ROWS = shapeOf("b", "s").growth;
const PAIRS = shapeOf("b", "s", "s").growth;

/** Storages of 8,192·b·s, of so many bytes·b·s·s, and of one block. */
const sizesWith = (pairs: number) => ({
  growths: [ROWS, PAIRS, shapeOf().growth],
  factors: [8192, pairs, BLOCK_BYTES],
});

test("What is as much is covered, whichever it is", () => {
  for (const counts of [[], [1], [0, 2], [3, 0, 1]]) expect(isCovered(sizesWith(65_536), counts, counts)).toBe(true);
});

test("What b·s lacks, and the rounding of its storage, is made good by as many bytes of b·s·s", () => {
  const isMadeGoodBy = (pairs: number): boolean => isCovered(sizesWith(pairs), [1], [0, 1]);
  expect(isMadeGoodBy(65_536)).toBe(true);
  expect(isMadeGoodBy(8192 + 511)).toBe(true);
  expect(isMadeGoodBy(8192 + 510)).toBe(false);
  expect(isCovered(sizesWith(65_536), [0, 1], [8])).toBe(false);
});

test("The rounding of tensors that rows have one by one is made good row by row", () => {
  const growths = [shapeOf("each row", "s").growth, ROWS];
  const isMadeGoodBy = (bytes: number): boolean => isCovered({ growths, factors: [8192, bytes] }, [1], [0, 1]);
  expect([isMadeGoodBy(8192 + 511), isMadeGoodBy(8192 + 510)]).toEqual([true, false]);
});

test("What is covered is never more, each storage in blocks", () => {
  const sizes = sizesWith(64);
  const counts = fc.array(fc.nat(4), { maxLength: 3 });
  const bytesAt = (of: readonly number[], b: number, s: number): number =>
    of.reduce((sum, count, size) => {
      const each =
        Number(sizes.factors[size]) * growthAt(Number(sizes.growths[size]), extentOf({ b, s, chunk: 1, chunkSize: 1 }));
      return sum + count * Math.ceil(each / BLOCK_BYTES) * BLOCK_BYTES;
    }, 0);
  const batches = fc.tuple(fc.integer({ min: 1, max: 8 }), fc.integer({ min: 1, max: 300 }));
  fc.assert(
    fc.property(counts, counts, batches, (one, other, [b, s]) => {
      fc.pre(isCovered(sizes, one, other));
      expect(bytesAt(one, b, s)).toBeLessThanOrEqual(bytesAt(other, b, s));
    }),
  );
});
