import { describe, expect, test } from "vitest";
import { hostMachine } from "#advice/host-machine.ts";
import { bytes, GIB } from "#calc/base/bytes.ts";

describe("The memory of a machine", () => {
  test.each([
    [10, 1, 1, 16],
    [10, 4, 4, 64],
    [16, 8, 8, 256],
    [16, 64, 8, 256],
    [1000, 8, 8, null],
  ] as const)("%i GiB for each of %i GPUs: %i of them share one of %s GiB", (...[gib, gpus, onMachine, sizeGib]) => {
    const machine = hostMachine(bytes(gib * GIB), gpus);
    expect(machine).toMatchObject({ gpus: onMachine, sizeGib });
    expect(machine.bytes).toBe(gib * onMachine * GIB);
  });

  test("is a size that is sold, and more than what is needed of it", () => {
    const sizes = [16, 32, 64, 128, 256, 512, 1024, 2048, 4096];
    for (const [index, size] of sizes.entries()) {
      expect(hostMachine(bytes(size * GIB - 1), 1).sizeGib).toBe(size);
      expect(hostMachine(bytes(size * GIB), 1).sizeGib).toBe(sizes[index + 1] ?? null);
    }
  });

  test.each([
    [10, 2048],
    [300, null],
  ] as const)("%i GiB for each of 8 GPUs in a host of 2,048 GiB: %s", (gib, sizeGib) => {
    expect(hostMachine(bytes(gib * GIB), 8, 2048).sizeGib).toBe(sizeGib);
  });
});
