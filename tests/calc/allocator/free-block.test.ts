import { describe, expect, test } from "vitest";
import type { Allocator, AllocatorSettings } from "#calc/allocator/allocator.ts";
import { free, finishUse, freeWhileUsed } from "#calc/allocator/free-block.ts";
import { bytesOf, device, MIB, segmentSizes, take, statesOf } from "./device.ts";
import { replayed, runOf } from "./run-of.ts";

/** Free segments of 20 and 24 MiB, freed in this order with one request between, two in use, of 40 and `last` MiB; then 32 MiB are asked for. */
const afterRequests = (last: number, settings: Partial<AllocatorSettings>): readonly number[] => {
  const allocator = device(settings);
  const [older, younger] = [take(allocator, 20 * MIB), take(allocator, 24 * MIB)];
  free(allocator, older);
  take(allocator, 40 * MIB);
  free(allocator, younger);
  take(allocator, last * MIB);
  take(allocator, 32 * MIB);
  return segmentSizes(allocator).map((size) => size / MIB);
};

const COLLECTED = { limitBytes: 200 * MIB, garbage_collection_threshold: 0.5 };

describe("above garbage_collection_threshold of the limit", () => {
  test("the older half of the free segments is given back before the device is asked", () => {
    expect(afterRequests(30, COLLECTED)).toEqual([24, 40, 30, 32]);
  });

  test("so are the younger ones where that is not enough", () => {
    expect(afterRequests(44, COLLECTED)).toEqual([40, 44, 32]);
  });

  test("age is counted in requests of large blocks alone", () => {
    const allocator = device(COLLECTED);
    const blocks = [take(allocator, 20 * MIB), take(allocator, 22 * MIB), take(allocator, 24 * MIB)] as const;
    free(allocator, blocks[0]);
    for (let index = 0; index < 3; index++) take(allocator, 512);
    take(allocator, 26 * MIB);
    free(allocator, blocks[1]);
    take(allocator, 26 * MIB);
    free(allocator, blocks[2]);
    // Of ages 3, 2 and 1 the first two are the average or more.
    take(allocator, 30 * MIB);
    expect(segmentSizes(allocator).map((size) => size / MIB)).toEqual([24, 2, 26, 26, 30]);
  });

  test("that is no retry", () => {
    const allocator = device(COLLECTED);
    free(allocator, take(allocator, 120 * MIB));
    take(allocator, 130 * MIB);
    expect([segmentSizes(allocator), allocator.retries]).toEqual([[130 * MIB], 0]);
  });

  test("segments that something lies in stay, and those of small pools", () => {
    const allocator = device({ limitBytes: 220 * MIB, garbage_collection_threshold: 0.5 });
    const held = take(allocator, 110 * MIB);
    free(allocator, take(allocator, MIB));
    expect(bytesOf(allocator.reserved)).toBe(112 * MIB);
    free(allocator, held);
    take(allocator, 4 * MIB);
    take(allocator, 107 * MIB);
    expect(segmentSizes(allocator)).toEqual([110 * MIB, 2 * MIB, 108 * MIB]);
  });

  test("those of all streams are given back", () => {
    const allocator = device(COLLECTED);
    free(allocator, take(allocator, 110 * MIB, 1));
    take(allocator, 40 * MIB);
    expect(segmentSizes(allocator)).toEqual([40 * MIB]);
  });

  /** @see PyTorch's test/test_cuda.py, `test_garbage_collect_expandable`: such segments are no whole blocks. */
  test("nothing of an expandable segment is", () => {
    const allocator: Allocator = device({ ...COLLECTED, expandable_segments: true });
    const blocks = [take(allocator, 60 * MIB), take(allocator, 60 * MIB, 1)];
    for (const block of blocks) free(allocator, block);
    take(allocator, 70 * MIB);
    expect(segmentSizes(allocator)).toEqual([80 * MIB, 60 * MIB]);
  });
});

describe("no segment is given back", () => {
  test("at the threshold itself", () => {
    expect(afterRequests(30, { ...COLLECTED, limitBytes: 228 * MIB })).toEqual([20, 24, 40, 30, 32]);
  });
  test("without a threshold", () => {
    expect(afterRequests(30, { limitBytes: 200 * MIB })).toEqual([20, 24, 40, 30, 32]);
  });
  test("without a limit", () => {
    expect(afterRequests(30, { garbage_collection_threshold: 0.5 })).toEqual([20, 24, 40, 30, 32]);
  });
});

describe("a block that its owner frees while another stream uses it", () => {
  test("is no longer allocated, and serves nobody", () => {
    const allocator = device();
    const block = take(allocator, 40 * MIB);
    freeWhileUsed(allocator, block);
    expect(bytesOf(allocator.allocated)).toBe(0);
    expect(take(allocator, 40 * MIB)).not.toBe(block);
    expect(bytesOf(allocator.reserved)).toBe(80 * MIB);
  });

  test("serves again once that stream is done with it, as one with its free neighbours", () => {
    const allocator = device();
    const [first, second, third] = [take(allocator, 4 * MIB), take(allocator, 4 * MIB), take(allocator, 4 * MIB)];
    freeWhileUsed(allocator, second);
    free(allocator, first);
    free(allocator, third);
    expect(statesOf(allocator)).toEqual([
      [
        ["free", 4 * MIB],
        ["waiting", 4 * MIB],
        ["free", 12 * MIB],
      ],
    ]);
    finishUse(allocator, second);
    expect(statesOf(allocator)).toEqual([[["free", 20 * MIB]]]);
    expect(bytesOf(allocator.allocated)).toBe(0);
  });

  /** @see PyTorch's test/test_cuda.py, `test_caching_allocator_record_stream_oom` */
  test("is waited for where memory is short", () => {
    const allocator = device({ limitBytes: 1000 * MIB });
    take(allocator, 160 * MIB, 1);
    for (let index = 0; index < 100; index++) freeWhileUsed(allocator, take(allocator, 160 * MIB));
    // Five more fit beside the first; then all five are waited for, and given back.
    expect(allocator.retries).toBe(19);
    expect(allocator.waiting.size).toBe(5);
  });
});

describe("in a run", () => {
  const [USED, OTHER] = [0, 1];
  const STORAGES = 2;
  const bytes = [40 * MIB, 40 * MIB];

  test("what another stream uses still is reserved beside what is asked for meanwhile", () => {
    const later = runOf(bytes, { step: [USED, STORAGES + USED, OTHER, ~USED, ~OTHER] });
    expect(replayed(later)).toMatchObject({ allocatedPeak: 40 * MIB, reservedPeak: 80 * MIB });
    const before = runOf(bytes, { step: [USED, STORAGES + USED, ~USED, OTHER, ~OTHER] });
    expect(replayed(before)).toMatchObject({ allocatedPeak: 40 * MIB, reservedPeak: 40 * MIB });
  });

  test("the stream's end means nothing more where it was waited for", () => {
    const run = runOf(bytes, { step: [USED, STORAGES + USED, OTHER, ~USED, ~OTHER] });
    expect(replayed(run, { limitBytes: 40 * MIB })).toMatchObject({
      retries: 2,
      reserved: 40 * MIB,
      outOfMemory: null,
    });
  });

  test("a layout with a block that is waited for is none with that block in use", () => {
    // The step finds a block that waits and leaves it so; the first one leaves it allocated.
    const run = runOf(bytes, { load: [USED], first: [OTHER, ~OTHER], step: [STORAGES + USED, ~USED, USED] });
    expect(replayed(run).steps).toBe(2);
    const waits = runOf(bytes, { load: [USED], first: [], step: [~USED, USED, STORAGES + USED] });
    expect(replayed(waits).steps).toBe(3);
  });

  test("a storage of 0 bytes waits for nobody", () => {
    expect(replayed(runOf([0], { step: [0, 1, ~0] }))).toMatchObject({ reservedPeak: 0, steps: 2 });
  });
});
