import { livePeak } from "./live-peak.ts";
import { neededBytes } from "./needed-bytes.ts";
import { replaysUnderLimits, type SettingsOfRun } from "./replays-under-limits.ts";
import type { AllocatorRun } from "./run.ts";

/** What the allocator holds for a run, on a card with room to spare and on others. Nothing is replayed twice. */
export type Reservation = Readonly<{
  /** What is seen where there is room to spare: `torch.cuda.max_memory_reserved()`. */
  reservedBytes: number;
  /** The least limit, a multiple of 2 MiB, under which the run goes on: with 2 MiB less it runs out of memory. */
  neededBytes: () => number;
  /** Whether the run goes on where the device has so many bytes. */
  goesOnWith: (limitBytes: number) => boolean;
  /** What is seen there; all of it where the run does not go on. */
  seenWith: (limitBytes: number) => number;
}>;

/** The value of a function that is called once, and only where it is asked for. */
const once = <Value>(make: () => Value): (() => Value) => {
  let made: Readonly<{ value: Value }> | null = null;
  return () => (made ??= { value: make() }).value;
};

/** What the allocator holds for a run under some settings. The run without a limit is replayed at once, others when they are asked for. */
export const reservationOf = (run: AllocatorRun, settings: SettingsOfRun): Reservation => {
  const replays = replaysUnderLimits(run, settings);
  const leastBytes = once(() => livePeak(run));
  const goesOnWith = (limitBytes: number): boolean =>
    limitBytes >= leastBytes() && replays.under(limitBytes).replayed.outOfMemory === null;
  return {
    reservedBytes: replays.unlimited.reservedPeak,
    neededBytes: once(() => neededBytes(replays, leastBytes())),
    goesOnWith,
    seenWith: (limitBytes) => (goesOnWith(limitBytes) ? replays.under(limitBytes).replayed.reservedPeak : limitBytes),
  };
};
