import {
  DEFAULT_ALLOCATOR_SETTINGS,
  type AllocatorSettings,
  type AllocatorRun,
  type ReplayPart,
} from "#calc/allocator/allocator.ts";
import { replay, type Replayed } from "#calc/allocator/replay.ts";

/** A part in which storages ask for so many bytes each, on stream 0 where nothing else is said. */
export const partOf = (
  bytes: readonly number[],
  events: readonly number[],
  streams: readonly number[] = bytes.map(() => 0),
): ReplayPart => ({
  bytes: Float64Array.from(bytes),
  streams: Uint8Array.from(streams),
  events: Int32Array.from(events),
});

/** A run of parts whose storages ask for the same throughout; the first step is as the others, and one that nothing is said of is empty. */
export const runOf = (
  bytes: readonly number[],
  { load = [], step = [], first = step }: Readonly<Partial<Record<"load" | "first" | "step", readonly number[]>>>,
): AllocatorRun => ({
  storages: bytes.length,
  load: partOf(bytes, load),
  first: partOf(bytes, first),
  steps: [partOf(bytes, step)],
});

/** A run under some settings, the others as PyTorch has them. */
export const replayed = (run: AllocatorRun, settings: Partial<AllocatorSettings> = {}): Replayed =>
  replay(run, { ...DEFAULT_ALLOCATOR_SETTINGS, ...settings });
