import { describe, expect, test } from "vitest";
import type { Allocator } from "#calc/allocator/allocator.ts";
import { free } from "#calc/allocator/free-block.ts";
import { malloc } from "#calc/allocator/malloc.ts";
import { device, MIB, segmentSizes, statesOf, take } from "./device.ts";
import { replayed, runOf } from "./run-of.ts";

const expandable = (limitBytes: number | null = null): Allocator => device({ expandable_segments: true, limitBytes });

/** The blocks of a segment with memory behind them, in MiB. */
const mapped = (allocator: Allocator): readonly (readonly (readonly [string, number])[])[] =>
  statesOf(allocator).map((blocks) =>
    blocks.filter(([state]) => state !== "unmapped").map(([state, size]) => [state, size / MIB] as const),
  );

describe("an expandable segment", () => {
  test("is one a pool and stream, which grows by pages: of 20 MiB for large requests, of 2 MiB for small ones", () => {
    const allocator = expandable();
    for (const [bytes, stream] of [
      [15 * MIB, 0],
      [15 * MIB, 0],
      [MIB, 0],
      [1.5 * MIB, 1],
    ] as const)
      take(allocator, bytes, stream);
    expect(segmentSizes(allocator)).toEqual([40 * MIB, 2 * MIB, 20 * MIB]);
    expect(allocator.reservedBytes).toBe(62 * MIB);
  });

  test("is split from 512 bytes on, in large pools too", () => {
    const allocator = expandable();
    take(allocator, 20 * MIB - 512);
    expect(mapped(allocator)).toEqual([
      [
        ["allocated", 20 - 512 / MIB],
        ["free", 512 / MIB],
      ],
    ]);
    expect(allocator.allocatedBytes).toBe(20 * MIB - 512);
  });

  test("grows by what its free end lacks", () => {
    const allocator = expandable();
    take(allocator, 15 * MIB);
    take(allocator, 25 * MIB);
    expect(mapped(allocator)).toEqual([
      [
        ["allocated", 15],
        ["allocated", 25],
      ],
    ]);
  });

  test("grows at its end, where a hole is too small", () => {
    const allocator = expandable();
    const hole = take(allocator, 10 * MIB);
    take(allocator, 10 * MIB);
    free(allocator, hole);
    take(allocator, 12 * MIB);
    expect(mapped(allocator)).toEqual([
      [
        ["free", 10],
        ["allocated", 10],
        ["allocated", 12],
        ["free", 8],
      ],
    ]);
  });

  test("serves a request from a hole rather than from its end, which could grow", () => {
    const allocator = expandable();
    const hole = take(allocator, 12 * MIB);
    take(allocator, 20 * MIB);
    free(allocator, hole);
    expect(mapped(allocator)[0]?.at(-1)).toEqual(["free", 8]);
    take(allocator, 6 * MIB);
    expect(mapped(allocator)).toEqual([
      [
        ["allocated", 6],
        ["free", 6],
        ["allocated", 20],
        ["free", 8],
      ],
    ]);
  });

  test("gives the whole pages of what is free back where memory is short", () => {
    const allocator = expandable(100 * MIB);
    const first = take(allocator, 50 * MIB);
    take(allocator, 10 * MIB);
    free(allocator, first);
    take(allocator, 40 * MIB, 1);
    expect(allocator.retries).toBe(0);
    take(allocator, 20 * MIB, 1);
    // Of the free 50 MiB two pages lie before the one that the 10 MiB are in.
    expect([allocator.retries, allocator.leastRefused, allocator.reservedBytes]).toEqual([1, 120 * MIB, 80 * MIB]);
    expect(statesOf(allocator)[0]?.slice(0, 4)).toEqual([
      ["unmapped", 40 * MIB],
      ["free", 10 * MIB],
      ["allocated", 10 * MIB],
      ["unmapped", expect.any(Number)],
    ]);
  });

  test("keeps the piece of a page on both sides of the pages that it gives back", () => {
    const allocator = expandable(100 * MIB);
    const blocks = [take(allocator, 10 * MIB), take(allocator, 50 * MIB), take(allocator, 20 * MIB)] as const;
    free(allocator, blocks[1]);
    expect(malloc(allocator, 70 * MIB, 1)).toBeNull();
    expect(statesOf(allocator)[0]?.slice(0, 5)).toEqual([
      ["allocated", 10 * MIB],
      ["free", 10 * MIB],
      ["unmapped", 40 * MIB],
      ["allocated", 20 * MIB],
      ["unmapped", expect.any(Number)],
    ]);
  });

  test("maps the lowest addresses first that have room, with the free block before them", () => {
    const allocator = expandable(120 * MIB);
    const blocks = [take(allocator, 10 * MIB), take(allocator, 50 * MIB), take(allocator, 20 * MIB)] as const;
    free(allocator, blocks[1]);
    expect(malloc(allocator, 90 * MIB, 1)).toBeNull();
    take(allocator, 30 * MIB);
    expect(statesOf(allocator)[0]?.slice(0, 4)).toEqual([
      ["allocated", 10 * MIB],
      ["allocated", 30 * MIB],
      ["unmapped", 20 * MIB],
      ["allocated", 20 * MIB],
    ]);
  });

  test("grows past a hole of addresses that has no room", () => {
    const allocator = expandable(120 * MIB);
    const blocks = [take(allocator, 10 * MIB), take(allocator, 50 * MIB), take(allocator, 20 * MIB)] as const;
    free(allocator, blocks[1]);
    expect(malloc(allocator, 90 * MIB, 1)).toBeNull();
    take(allocator, 60 * MIB);
    expect(statesOf(allocator)[0]?.slice(0, 5)).toEqual([
      ["allocated", 10 * MIB],
      ["free", 10 * MIB],
      ["unmapped", 40 * MIB],
      ["allocated", 20 * MIB],
      ["allocated", 60 * MIB],
    ]);
  });

  /** @see PyTorch's test/test_cuda.py, `test_max_split_expandable`, which turns the setting on for one of three blocks: here it is on for all. */
  test("gives what three blocks had to one that needs it all", () => {
    const allocator = expandable(120 * MIB);
    const blocks = [take(allocator, 40 * MIB), take(allocator, 40 * MIB), take(allocator, 40 * MIB)];
    expect(malloc(allocator, 40 * MIB, 0)).toBeNull();
    for (const block of blocks) free(allocator, block);
    expect(take(allocator, 120 * MIB).size).toBe(120 * MIB);
  });
});

describe("what expandable segments reserve", () => {
  test("is less where rows get longer: no sliver is left of the shorter ones", () => {
    // The same three storages, step after step 8 MiB larger.
    const step = (bytes: number) => ({ ...runOf([bytes, bytes, bytes], { step: [0, 1, 2, ~0, ~1, ~2] }).first });
    const run = { storages: 3, load: step(24 * MIB), first: step(32 * MIB), steps: [step(40 * MIB), step(48 * MIB)] };
    expect(replayed(run).reservedPeak).toBe(3 * (24 + 32 + 40 + 48) * MIB);
    expect(replayed(run, { expandable_segments: true }).reservedPeak).toBe(160 * MIB);
  });

  test("is more by up to a page of each pool, of the default's segments of the request's size", () => {
    const run = runOf([22 * MIB], { step: [0, ~0] });
    expect(replayed(run).reservedPeak).toBe(22 * MIB);
    expect(replayed(run, { expandable_segments: true }).reservedPeak).toBe(40 * MIB);
  });

  test("can be more by more than that: small requests break into holes that large ones leave", () => {
    const run = runOf([2 * MIB, 6 * MIB, 28 * MIB], { load: [2, 0, ~0, 1, ~2, 0, 2] });
    expect(replayed(run).reservedPeak).toBe(48 * MIB);
    expect(replayed(run, { expandable_segments: true }).reservedPeak).toBe(80 * MIB);
  });
});
