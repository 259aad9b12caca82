import { describe, expect, test } from "vitest";
import { finishUse, free, freeWhileUsed } from "#calc/allocator/free-block.ts";
import { bytesOf, device, MIB, statesOf, take } from "./device.ts";
import { replayed, runOf } from "./run-of.ts";

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
