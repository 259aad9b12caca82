import { allocated } from "#calc/base/allocation.ts";
import { assert } from "#calc/base/assert.ts";
import { bytes } from "#calc/base/quantity.ts";
import type { AliveByName, RunMoment } from "#calc/model/whole-run.ts";

/** A tensor that a device has allocated: `bytes` of blocks, `unrounded` of elements. */
export type Held = Readonly<{ name: string; bytes: number; unrounded: number }>;

/** What is freed: a tensor, or a part of what was allocated under one name. */
type Freed = Pick<Held, "name" | "bytes">;

/** What a moment has on the device. */
export type DeviceMoment = Pick<RunMoment, "liveBytes" | "peakBytes" | "alive">;

/**
 * A device on which tensors are allocated and freed by name, each rounded up to a block of PyTorch's allocator (512 B). It remembers what was alive at the
 * highest point of the moment that runs.
 */
export type DeviceMemory = Readonly<{
  allocate: (name: string, size: number) => Held;
  /** Allocates what is a sum of blocks already, such as all weights together. */
  allocateBlocks: (name: string, size: number) => Held;
  free: (...held: readonly Freed[]) => void;
  /** Ends the moment that runs, and begins the next. */
  endMoment: () => DeviceMoment;
}>;

const aliveOf = (byName: ReadonlyMap<string, number>): readonly AliveByName[] =>
  [...byName]
    .filter(([, size]) => size > 0)
    .map(([name, size]) => ({ name, bytes: bytes(size) }))
    .toSorted((one, other) => other.bytes - one.bytes);

/** A device with nothing on it. */
export const createDevice = (): DeviceMemory => {
  const byName = new Map<string, number>();
  let live = 0;
  let peak = 0;
  let atPeak: ReadonlyMap<string, number> = new Map();
  const add = ({ name, bytes: size }: Freed, sign: 1 | -1): void => {
    byName.set(name, (byName.get(name) ?? 0) + sign * size);
    live += sign * size;
  };
  const look = (): void => {
    if (live <= peak) return;
    peak = live;
    atPeak = new Map(byName);
  };
  const hold = (held: Held): Held => {
    assert(held.bytes >= 0, `${held.name} takes no less than nothing`);
    add(held, 1);
    look();
    return held;
  };
  return {
    allocate: (name, size) => hold({ name, bytes: allocated(size), unrounded: size }),
    allocateBlocks: (name, size) => hold({ name, bytes: size, unrounded: size }),
    free: (...held) => {
      for (const each of held) add(each, -1);
    },
    endMoment: () => {
      const moment = { liveBytes: bytes(live), peakBytes: bytes(peak), alive: aliveOf(atPeak) };
      peak = 0;
      look();
      return moment;
    },
  };
};
