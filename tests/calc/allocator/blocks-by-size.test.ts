import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { findPool } from "#calc/allocator/allocator.ts";
import {
  type Block,
  createSegment,
  createBlocksBySize,
  eraseBySize,
  inOrder,
  insertBySize,
  largest,
  lowerBound,
  nextBySize,
} from "#calc/allocator/blocks-by-size.ts";
import { tried } from "../../tried.ts";
import { device } from "./device.ts";

const TIB = 2 ** 40;

const blockOf = (size: number, ptr: number): Block => createSegment(findPool(device(), TIB, 0), ptr, size);

const sorted = (blocks: readonly Block[]): readonly Block[] =>
  blocks.toSorted((one, other) => one.size - other.size || one.ptr - other.ptr);

/** Sizes of every class, and many alike. */
const arbitrarySize = fc
  .oneof(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 4096 }), fc.integer({ min: 1, max: 2 ** 31 }))
  .map((units) => 512 * units);

describe("free blocks", () => {
  tried("are in the order of their sizes, then of their addresses", { quick: 100, thorough: 3000 }, (runs) =>
    fc.assert(
      fc.property(
        fc.array(arbitrarySize, { maxLength: 60 }),
        fc.array(fc.nat()),
        arbitrarySize,
        (sizes, taken, asked) => {
          const blocks = createBlocksBySize();
          // Addresses fall and rise, so that of equal blocks any may come first.
          const all = sizes.map((size, index) => blockOf(size, (index * 37) % 61));
          for (const block of all) insertBySize(blocks, block);
          for (const index of taken) {
            const block = all[index % all.length];
            if (block === undefined) continue;
            eraseBySize(blocks, block);
            all.splice(all.indexOf(block), 1);
          }
          const expected = sorted(all);
          expect(inOrder(blocks)).toEqual(expected);
          expect(largest(blocks)).toBe(expected.at(-1) ?? null);
          expect(lowerBound(blocks, asked)).toBe(expected.find(({ size }) => size >= asked) ?? null);
          for (const [index, block] of expected.entries())
            expect(nextBySize(blocks, block)).toBe(expected[index + 1] ?? null);
        },
      ),
      runs,
    ),
  );

  test("have an order above the sizes that classes tell apart", () => {
    const blocks = createBlocksBySize();
    const large = [3 * TIB, TIB, 5 * TIB, 4 * TIB].map((size, ptr) => blockOf(size, ptr));
    for (const block of large) insertBySize(blocks, block);
    expect(inOrder(blocks)).toEqual(sorted(large));
    expect(lowerBound(blocks, 3 * TIB + 512)).toBe(large[3]);
    expect(lowerBound(blocks, 6 * TIB)).toBeNull();
  });
});
