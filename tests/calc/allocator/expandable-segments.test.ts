import { describe, expect, test } from "vitest";
import type { Allocator } from "#calc/allocator/allocator.ts";
import { type Block, inOrder } from "#calc/allocator/blocks-by-size.ts";
import { free, freeWhileUsed } from "#calc/allocator/free-block.ts";
import { malloc } from "#calc/allocator/malloc.ts";
import { bytesOf, device, MIB, segmentSizes, statesOf, take } from "./device.ts";
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
    expect(bytesOf(allocator.reserved)).toBe(62 * MIB);
  });

  test("has addresses for more than any card has: a request that is too large for all of them is served where there is no limit", () => {
    const allocator = expandable();
    take(allocator, 2 ** 42);
    expect(bytesOf(allocator.reserved)).toBeGreaterThanOrEqual(2 ** 42);
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
    expect(bytesOf(allocator.allocated)).toBe(20 * MIB - 512);
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
    expect([allocator.retries, bytesOf(allocator.leastRefused), bytesOf(allocator.reserved)]).toEqual([
      1,
      120 * MIB,
      80 * MIB,
    ]);
    expect(statesOf(allocator)[0]?.slice(0, 4)).toEqual([
      ["unmapped", 40 * MIB],
      ["free", 10 * MIB],
      ["allocated", 10 * MIB],
      ["unmapped", expect.any(Number)],
    ]);
  });

  test("keeps the piece of a page on both sides of the pages that it gives back", () => {
    const allocator = expandable(100 * MIB);
    const blocks = [take(allocator, 10 * MIB), take(allocator, 62 * MIB), take(allocator, 8 * MIB)] as const;
    free(allocator, blocks[1]);
    expect(malloc(allocator, 70 * MIB, 1)).toBeNull();
    expect(statesOf(allocator)[0]?.slice(0, 5)).toEqual([
      ["allocated", 10 * MIB],
      ["free", 10 * MIB],
      ["unmapped", 40 * MIB],
      ["free", 12 * MIB],
      ["allocated", 8 * MIB],
    ]);
    expect(allocator.pools.flatMap(({ blocks }) => inOrder(blocks).map(bytesOf))).toEqual([10 * MIB, 12 * MIB]);
    // The piece before the hole could grow into it.
    expect([bytesOf(take(allocator, 9 * MIB).ptr), bytesOf(take(allocator, 10 * MIB).ptr)]).toEqual([
      60 * MIB,
      10 * MIB,
    ]);
    expect(bytesOf(allocator.reserved)).toBe(40 * MIB);
  });

  test("keeps the pages that something lies in", () => {
    const allocator = expandable(40 * MIB);
    const blocks = [take(allocator, 4 * MIB), take(allocator, 30 * MIB), take(allocator, 6 * MIB)] as const;
    free(allocator, blocks[1]);
    expect(malloc(allocator, 20 * MIB, 1)).toBeNull();
    expect(statesOf(allocator)[0]?.slice(0, 3)).toEqual([
      ["allocated", 4 * MIB],
      ["free", 30 * MIB],
      ["allocated", 6 * MIB],
    ]);
  });

  test("of equal holes serves the one with the lowest address", () => {
    const allocator = expandable();
    const blocks = [10, 1.5, 10, 18.5].map((mib) => take(allocator, mib * MIB));
    for (const block of blocks.filter((each) => bytesOf(each) === 10 * MIB)) free(allocator, block);
    expect(bytesOf(take(allocator, 8 * MIB).ptr)).toBe(0);
  });

  /** A segment of 100 MiB: 10 and 20 MiB are in use, and between them 10 MiB are free, then 60 MiB of addresses. */
  const withHole = (limitBytes: number): Readonly<{ allocator: Allocator; last: Block }> => {
    const allocator = expandable(limitBytes);
    take(allocator, 10 * MIB);
    const middle = take(allocator, 70 * MIB);
    const last = take(allocator, 20 * MIB);
    free(allocator, middle);
    expect(malloc(allocator, 400 * MIB, 1)).toBeNull();
    expect(bytesOf(allocator.reserved)).toBe(40 * MIB);
    return { allocator, last };
  };

  test("maps the lowest addresses first that have room, with the free block before them", () => {
    const { allocator } = withHole(200 * MIB);
    take(allocator, 30 * MIB);
    expect(statesOf(allocator)[0]?.slice(0, 4)).toEqual([
      ["allocated", 10 * MIB],
      ["allocated", 30 * MIB],
      ["unmapped", 40 * MIB],
      ["allocated", 20 * MIB],
    ]);
  });

  test("grows past a hole of addresses that has no room, and fills it with what has", () => {
    const { allocator } = withHole(200 * MIB);
    expect([bytesOf(take(allocator, 80 * MIB).ptr), bytesOf(take(allocator, 70 * MIB).ptr)]).toEqual([
      100 * MIB,
      10 * MIB,
    ]);
    expect(mapped(allocator)).toEqual([
      [
        ["allocated", 10],
        ["allocated", 70],
        ["allocated", 20],
        ["allocated", 80],
      ],
      [],
    ]);
  });

  test("grows through a hole and past its end for a request that needs both", () => {
    const { allocator, last } = withHole(200 * MIB);
    free(allocator, last);
    expect(bytesOf(take(allocator, 110 * MIB).ptr)).toBe(10 * MIB);
    expect([mapped(allocator)[0], bytesOf(allocator.reserved)]).toEqual([
      [
        ["allocated", 10],
        ["allocated", 110],
      ],
      120 * MIB,
    ]);
  });

  test("fills a hole before a free block, and takes both", () => {
    const allocator = expandable(200 * MIB);
    const first = take(allocator, 50 * MIB);
    take(allocator, 10 * MIB);
    free(allocator, first);
    expect(malloc(allocator, 400 * MIB, 1)).toBeNull();
    expect(bytesOf(take(allocator, 50 * MIB).ptr)).toBe(0);
    expect([mapped(allocator)[0], bytesOf(allocator.reserved)]).toEqual([
      [
        ["allocated", 50],
        ["allocated", 10],
      ],
      60 * MIB,
    ]);
  });

  test("grows past a block that another stream uses still", () => {
    const allocator = expandable();
    freeWhileUsed(allocator, take(allocator, 20 * MIB));
    expect(bytesOf(take(allocator, 30 * MIB).ptr)).toBe(20 * MIB);
  });

  /** @see PyTorch's test/test_cuda.py, `test_max_split_expandable`, which turns the setting on for one of three blocks: here it is on for all. */
  test("gives what three blocks had to one that needs it all", () => {
    const allocator = expandable(120 * MIB);
    const blocks = [take(allocator, 40 * MIB), take(allocator, 40 * MIB), take(allocator, 40 * MIB)];
    expect(malloc(allocator, 40 * MIB, 0)).toBeNull();
    for (const block of blocks) free(allocator, block);
    expect(bytesOf(take(allocator, 120 * MIB))).toBe(120 * MIB);
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
