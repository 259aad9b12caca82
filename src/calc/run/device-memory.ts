// A device that allocates and frees tensors by name, with its peak, and the memory term of each name.

import { allocated, bytes, type Bytes } from "#calc/base/bytes.ts";
import { assert } from "#calc/base/guards.ts";
import type { AliveByName, RunMoment } from "#calc/model/whole-run.ts";
import { ALLOCATED_TERM_IDS, type AllocatedTermId, type PerTerm, perTerm } from "#calc/model/terms.ts";

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

/** What tensors of a moment are called that are not called by their term. */
const TERM_OF_NAME: ReadonlyMap<string, AllocatedTermId> = new Map([
  ...ALLOCATED_TERM_IDS.map((term): [string, AllocatedTermId] => [term, term]),
  ["absolute maxima", "weights"],
  ["experts one by one", "weights"],
  ["gates and ups of experts, apart", "weights"],
  ["matrix before it is quantised", "weights"],
  ["matrix in fp16", "weights"],
  ["stacks of experts", "weights"],
  ["the whole model", "weights"],
  ["whole parameters", "weights"],
  ["weight, cloned", "weights"],
  ["chosen experts", "workspace"],
  ["dequantised weight", "weights"],
  ["sum", "weights"],
  ["sum, on its way back from the host", "weights"],
  ["B A", "adapters"],
  ["adapters on the host", "adapters"],
  ["copies of modules_to_save", "adapters"],
  ["optimizer states of the file", "optimizer"],
  ["KV cache", "activations"],
  ["batch", "activations"],
  ["batch on the host", "activations"],
  ["generated tokens", "activations"],
  ["training batch", "activations"],
  ["kept losses", "logits"],
  ["kept outputs", "logits"],
  ["buffers", "workspace"],
  ["buffers, batch, workspaces", "workspace"],
  ["check for numbers", "workspace"],
  ["frequencies on the host", "workspace"],
  ["scalars", "workspace"],
  ["tables of bitsandbytes", "workspace"],
]);

/** The term that a tensor of a moment belongs to; null for a name that no moment allocates. */
export const termOfName = (name: string): AllocatedTermId | null => TERM_OF_NAME.get(name) ?? null;

/** What is alive at a moment, term by term; they sum to what is alive. A name that nobody knows is a workspace. */
export const termsOfAlive = (alive: readonly AliveByName[]): PerTerm<Bytes> => {
  const terms = perTerm(() => bytes(0));
  for (const each of alive) {
    const term = termOfName(each.name) ?? "workspace";
    terms[term] = bytes(terms[term] + each.bytes);
  }
  return terms;
};
