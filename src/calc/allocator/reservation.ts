import { once } from "#calc/base/once.ts";
import { livePeak } from "./live-peak.ts";
import { neededBytes, type NeededBounds } from "./needed-bytes.ts";
import { replaysUnderLimits, type SettingsOfRun } from "./replays-under-limits.ts";
import type { AllocatorRun } from "./run.ts";

/** What the allocator holds for a run, on a card with room to spare and on others. Nothing is replayed twice. */
export type Reservation = Readonly<{
  /** What is seen where there is room to spare: `torch.cuda.max_memory_reserved()`. */
  reservedBytes: number;
  /**
   * The least limit under which the run goes on, to `neededPrecision`.
   *
   * @param isTold whether bounds tell all that is asked; then what is given is the upper one, and nothing more is replayed
   */
  neededBytes: (isTold?: (bounds: NeededBounds) => boolean) => number;
  /** Whether the run goes on where the device has so many bytes. */
  goesOnWith: (limitBytes: number) => boolean;
  /** What is seen there; all of it where the run does not go on. */
  seenWith: (limitBytes: number) => number;
}>;

/** What the allocator holds for a run under some settings. The run without a limit is replayed at once, others when they are asked for. */
export const reservationOf = (run: AllocatorRun, settings: SettingsOfRun): Reservation => {
  const replays = replaysUnderLimits(run, settings);
  const leastBytes = once(() => livePeak(run));
  const needed = once(() => neededBytes(replays, leastBytes()));
  const goesOnWith = (limitBytes: number): boolean =>
    limitBytes >= leastBytes() && replays.under(limitBytes).replayed.outOfMemory === null;
  return {
    reservedBytes: replays.unlimited.reservedPeak,
    neededBytes: (isTold) => needed()(isTold),
    goesOnWith,
    seenWith: (limitBytes) => (goesOnWith(limitBytes) ? replays.under(limitBytes).replayed.reservedPeak : limitBytes),
  };
};
