import type { AllocatorSettings } from "./allocator-settings.ts";
import { replay, type Replayed } from "./replay.ts";
import type { AllocatorRun } from "./run.ts";

/** What a run sets of the allocator, whatever the device has. */
export type SettingsOfRun = Omit<AllocatorSettings, "limitBytes">;

/** A replay, and the limits under which the run goes that way. */
export type Way = Readonly<{ least: number; most: number; replayed: Replayed }>;

/**
 * A limit is only ever compared with what would be reserved in all. So a run goes the same way with as little as it reserved, and with less than the least
 * that was refused. With garbage collection the limit decides more.
 */
const wayOf = (replayed: Replayed, limitBytes: number, { garbage_collection_threshold }: SettingsOfRun): Way =>
  garbage_collection_threshold === null
    ? { least: replayed.reservedPeak, most: replayed.leastRefused - 1, replayed }
    : { least: limitBytes, most: limitBytes, replayed };

/** A run under one limit and another: each way that it goes is replayed once. */
export type ReplaysUnderLimits = Readonly<{
  unlimited: Replayed;
  /** From here on the run goes as without a limit: nothing is refused, and nothing collected. */
  enoughBytes: number;
  under: (limitBytes: number) => Way;
}>;

/** Nothing is replayed yet but the run without a limit. */
export const replaysUnderLimits = (run: AllocatorRun, settings: SettingsOfRun): ReplaysUnderLimits => {
  const unlimited = replay(run, { ...settings, limitBytes: null });
  const enoughBytes = Math.ceil(unlimited.reservedPeak / (settings.garbage_collection_threshold ?? 1));
  const ways: Way[] = [{ least: enoughBytes, most: Infinity, replayed: unlimited }];
  const under = (limitBytes: number): Way => {
    const known = ways.find(({ least, most }) => least <= limitBytes && limitBytes <= most);
    if (known !== undefined) return known;
    const way = wayOf(replay(run, { ...settings, limitBytes }), limitBytes, settings);
    ways.push(way);
    return way;
  };
  return { unlimited, enoughBytes, under };
};
