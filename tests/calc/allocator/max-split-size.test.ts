import { describe, expect, test } from "vitest";
import type { Allocator } from "#calc/allocator/allocator.ts";
import { free } from "#calc/allocator/free-block.ts";
import { malloc } from "#calc/allocator/malloc.ts";
import { bytesOf, device, MIB, segmentSizes, statesOf, take } from "./device.ts";

/** An allocator with free segments of so many MiB each. */
const withFree = (mib: readonly number[], limitBytes: number | null = null): Allocator => {
  const allocator = device({ max_split_size_mb: 40, limitBytes });
  for (const block of mib.map((each) => take(allocator, each * MIB))) free(allocator, block);
  return allocator;
};

describe("with max_split_size_mb: 40, a free block", () => {
  test("under 40 MiB is split as without", () => {
    const allocator = withFree([38]);
    take(allocator, 20 * MIB);
    expect(statesOf(allocator)).toEqual([
      [
        ["allocated", 20 * MIB],
        ["free", 18 * MIB],
      ],
    ]);
  });

  test("of 40 MiB serves no request under 40 MiB", () => {
    const allocator = withFree([40]);
    take(allocator, 38 * MIB);
    expect(segmentSizes(allocator)).toEqual([40 * MIB, 38 * MIB]);
  });

  test("serves a request from 40 MiB on whole", () => {
    const allocator = withFree([58]);
    expect(bytesOf(take(allocator, 40 * MIB))).toBe(58 * MIB);
    expect(statesOf(allocator)).toEqual([[["allocated", 58 * MIB]]]);
  });

  test("serves none that it exceeds by 20 MiB", () => {
    const allocator = withFree([60]);
    take(allocator, 40 * MIB);
    expect(segmentSizes(allocator)).toEqual([60 * MIB, 40 * MIB]);
  });
});

describe("with max_split_size_mb: 40, where memory is short,", () => {
  test("one free block is given back that is large enough, the others stay, and that is no retry", () => {
    const allocator = withFree([100, 70, 30], 200 * MIB);
    take(allocator, 50 * MIB);
    expect([segmentSizes(allocator), allocator.retries]).toEqual([[100 * MIB, 30 * MIB, 50 * MIB], 0]);
  });

  test("for a request under 40 MiB too it is one of 40 MiB and more", () => {
    const allocator = withFree([50, 38], 90 * MIB);
    take(allocator, 30 * MIB);
    take(allocator, 36 * MIB);
    expect([segmentSizes(allocator), allocator.retries]).toEqual([[38 * MIB, 36 * MIB], 0]);
  });

  test("several are given back, the largest first, until they are enough", () => {
    const allocator = withFree([42, 44, 40, 46], 180 * MIB);
    take(allocator, 90 * MIB);
    expect([segmentSizes(allocator), allocator.retries]).toEqual([[42 * MIB, 40 * MIB, 90 * MIB], 0]);
    const exact = withFree([40, 40, 40], 130 * MIB);
    take(exact, 80 * MIB);
    expect([segmentSizes(exact), exact.retries]).toEqual([[40 * MIB, 80 * MIB], 0]);
  });

  test("all are where they are not", () => {
    // 42 MiB less would do, but are less than 50: what is given back is held against the request, not against the limit.
    const allocator = withFree([42, 38], 100 * MIB);
    take(allocator, 50 * MIB);
    expect([segmentSizes(allocator), allocator.retries]).toEqual([[50 * MIB], 1]);
  });
});

test("without max_split_size_mb all that is free is given back at once", () => {
  const allocator = device({ limitBytes: 200 * MIB });
  for (const block of [take(allocator, 100 * MIB), take(allocator, 70 * MIB)]) free(allocator, block);
  take(allocator, 110 * MIB);
  expect([segmentSizes(allocator), allocator.retries]).toEqual([[110 * MIB], 1]);
});

test("a max_split_size_mb that PyTorch refuses, under 20, is 20", () => {
  const allocator = device({ max_split_size_mb: 1 });
  take(allocator, 4 * MIB);
  expect(statesOf(allocator)).toEqual([
    [
      ["allocated", 4 * MIB],
      ["free", 16 * MIB],
    ],
  ]);
});

test("with expandable segments every block is split all the same, and none is kept from a small request", () => {
  const allocator = device({ max_split_size_mb: 40, expandable_segments: true });
  free(allocator, take(allocator, 58 * MIB));
  expect(bytesOf(take(allocator, 50 * MIB))).toBe(50 * MIB);
  expect(bytesOf(malloc(allocator, 10 * MIB, 0)?.ptr ?? 0)).toBe(50 * MIB);
  const other = device({ max_split_size_mb: 40, expandable_segments: true });
  free(other, take(other, 58 * MIB));
  take(other, 10 * MIB);
  expect(bytesOf(other.reserved)).toBe(60 * MIB);
});

test("with expandable segments no block is given back whole: their pages are, all at once", () => {
  const allocator = device({ max_split_size_mb: 40, expandable_segments: true, limitBytes: 130 * MIB });
  const first = take(allocator, 60 * MIB);
  take(allocator, 20 * MIB);
  free(allocator, first);
  expect(bytesOf(take(allocator, 100 * MIB).ptr)).toBe(80 * MIB);
  expect([bytesOf(allocator.reserved), allocator.retries]).toEqual([120 * MIB, 1]);
});
