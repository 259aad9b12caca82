import { describe, expect, test } from "vitest";
import { inOrder } from "#calc/allocator/blocks-by-size.ts";
import { free } from "#calc/allocator/free-block.ts";
import { malloc } from "#calc/allocator/malloc.ts";
import { allocationSize, blocksOf } from "#calc/allocator/allocator.ts";
import { bytesOf, device, MIB, segmentSizes, statesOf, take } from "./device.ts";

describe("a request", () => {
  test.each([
    [1, 512],
    [512, 512],
    [513, 1024],
    [311 * 411 * 4, 511_488],
  ])("of %d bytes takes a block of %d", (bytes, size) => {
    const allocator = device();
    expect(bytesOf(take(allocator, bytes))).toBe(size);
    expect(bytesOf(allocator.allocated)).toBe(size);
  });
});

describe("a new segment has", () => {
  test.each([
    ["2 MiB for the smallest request", 512, 2 * MIB],
    ["2 MiB for 1 MiB", MIB, 2 * MIB],
    ["20 MiB for one block more", MIB + 512, 20 * MIB],
    ["20 MiB for one block less than 10 MiB", 10 * MIB - 512, 20 * MIB],
    ["10 MiB for 10 MiB", 10 * MIB, 10 * MIB],
    ["12 MiB for one block more", 10 * MIB + 512, 12 * MIB],
    ["a multiple of 2 MiB from there on", 101 * MIB, 102 * MIB],
  ])("%s", (_, bytes, size) => expect(bytesOf(allocationSize(blocksOf(bytes)))).toBe(size));

  /** @see PyTorch's test/test_cuda.py, `test_graph_memory_stats_and_use_result_after_destroy_graph`: three of a size are alive at once. */
  test.each([
    [512, [2]],
    [MIB, [2, 2]],
    [MIB + 512, [20]],
    [10 * MIB - 512, [20, 20]],
    [10 * MIB + 512, [12, 12, 12]],
  ])("what PyTorch's own test counts: three of %d bytes take segments of %j MiB", (bytes, segments) => {
    const allocator = device();
    for (let index = 0; index < 3; index++) take(allocator, bytes);
    expect(segmentSizes(allocator)).toEqual(segments.map((mib) => mib * MIB));
    expect(bytesOf(allocator.reserved)).toBe(segments.reduce((sum, mib) => sum + mib * MIB, 0));
  });
});

describe("a request is served by", () => {
  test("the smallest free block that is large enough", () => {
    const allocator = device();
    const [large, small] = [take(allocator, 60 * MIB), take(allocator, 40 * MIB)];
    free(allocator, large);
    free(allocator, small);
    expect(take(allocator, 30 * MIB)).toBe(small);
  });

  test("of equal ones that with the lowest address", () => {
    const allocator = device();
    const [first, second] = [take(allocator, 40 * MIB), take(allocator, 40 * MIB)];
    free(allocator, second);
    free(allocator, first);
    expect(take(allocator, 40 * MIB)).toBe(first);
    free(allocator, first);
    expect(take(allocator, 40 * MIB)).toBe(first);
    free(allocator, take(allocator, 40 * MIB));
    expect(take(allocator, 40 * MIB)).toBe(second);
  });

  test("a block of its size's pool: a small one by no large block, a large one by no small one", () => {
    const allocator = device();
    free(allocator, take(allocator, 40 * MIB));
    take(allocator, MIB);
    expect(segmentSizes(allocator)).toEqual([40 * MIB, 2 * MIB]);
  });

  test("a block of its stream's pool, and no other's", () => {
    const allocator = device();
    const block = take(allocator, 40 * MIB, 1);
    free(allocator, block);
    expect(take(allocator, 40 * MIB)).not.toBe(block);
    expect(take(allocator, 40 * MIB, 1)).toBe(block);
    expect(bytesOf(allocator.reserved)).toBe(80 * MIB);
  });
});

describe("what a request leaves of a block", () => {
  test("becomes a block in the small pool from 512 bytes on", () => {
    const allocator = device();
    take(allocator, MIB);
    take(allocator, MIB - 512);
    expect(statesOf(allocator)).toEqual([
      [
        ["allocated", MIB],
        ["allocated", MIB - 512],
        ["free", 512],
      ],
    ]);
  });

  test("stays with it in the large pool up to 1 MiB, and counts as allocated", () => {
    const allocator = device();
    take(allocator, 11 * MIB);
    expect(statesOf(allocator)).toEqual([[["allocated", 12 * MIB]]]);
    expect(bytesOf(allocator.allocated)).toBe(12 * MIB);
  });

  test("becomes a block in the large pool from there on", () => {
    const allocator = device();
    take(allocator, 11 * MIB - 512);
    expect(statesOf(allocator)).toEqual([
      [
        ["allocated", 11 * MIB - 512],
        ["free", MIB + 512],
      ],
    ]);
  });
});

describe("a block that is freed", () => {
  test("is one with the free blocks on both sides", () => {
    const allocator = device();
    const blocks = [take(allocator, 4 * MIB), take(allocator, 4 * MIB), take(allocator, 4 * MIB)] as const;
    free(allocator, blocks[0]);
    free(allocator, blocks[2]);
    expect(statesOf(allocator)).toEqual([
      [
        ["free", 4 * MIB],
        ["allocated", 4 * MIB],
        ["free", 12 * MIB],
      ],
    ]);
    free(allocator, blocks[1]);
    expect(statesOf(allocator)).toEqual([[["free", 20 * MIB]]]);
    expect(allocator.pools.flatMap(({ blocks: cached }) => inOrder(cached))).toHaveLength(1);
  });

  test("stays reserved, and is no longer allocated", () => {
    const allocator = device();
    free(allocator, take(allocator, 40 * MIB));
    expect([bytesOf(allocator.allocated), bytesOf(allocator.reserved)]).toEqual([0, 40 * MIB]);
    expect([bytesOf(allocator.allocatedPeak), bytesOf(allocator.reservedPeak)]).toEqual([40 * MIB, 40 * MIB]);
  });

  test("is not one with a block of another segment", () => {
    const allocator = device();
    for (const block of [take(allocator, 40 * MIB), take(allocator, 40 * MIB)]) free(allocator, block);
    expect(statesOf(allocator)).toEqual([[["free", 40 * MIB]], [["free", 40 * MIB]]]);
  });
});

describe("where the device has no more", () => {
  /** @see PyTorch's test/test_cuda.py, `test_out_of_memory_retry` */
  test("a second half of the memory is refused, and given once the first was let go", () => {
    const allocator = device({ limitBytes: 79 * MIB });
    const half = take(allocator, 40 * MIB);
    expect(malloc(allocator, 40 * MIB, 0)).toBeNull();
    free(allocator, half);
    expect(bytesOf(take(allocator, 40 * MIB))).toBe(40 * MIB);
    expect(allocator.retries).toBe(1);
  });

  test("the limit itself can be had", () => {
    const allocator = device({ limitBytes: 80 * MIB });
    take(allocator, 40 * MIB);
    take(allocator, 40 * MIB);
    expect([bytesOf(allocator.reserved), allocator.retries, bytesOf(allocator.leastRefused)]).toEqual([
      80 * MIB,
      0,
      Infinity,
    ]);
  });

  test("whole free segments of all pools and streams are given back, then it is tried once more", () => {
    const allocator = device({ limitBytes: 100 * MIB });
    for (const block of [take(allocator, MIB), take(allocator, 30 * MIB), take(allocator, 40 * MIB, 1)])
      free(allocator, block);
    take(allocator, 60 * MIB);
    expect([segmentSizes(allocator), bytesOf(allocator.reserved), allocator.retries]).toEqual([
      [60 * MIB],
      60 * MIB,
      1,
    ]);
    expect([bytesOf(allocator.leastRefused), bytesOf(allocator.reservedPeak)]).toEqual([132 * MIB, 72 * MIB]);
  });

  test("a segment with one block in use is kept whole", () => {
    const allocator = device({ limitBytes: 100 * MIB });
    const first = take(allocator, 20 * MIB);
    free(allocator, take(allocator, 40 * MIB));
    free(allocator, first);
    take(allocator, 30 * MIB);
    expect(malloc(allocator, 70 * MIB, 0)).toBeNull();
    expect(segmentSizes(allocator)).toEqual([40 * MIB]);
  });
});
