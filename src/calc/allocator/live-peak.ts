import { allocated } from "#calc/base/allocation.ts";
import type { AllocatorRun } from "./run.ts";

/** The most that storages take at once, each rounded up to a whole block: no run goes on with less. */
export const livePeak = ({ storages, load, first, steps }: AllocatorRun): number => {
  const taken = new Float64Array(storages);
  let live = 0;
  let peak = 0;
  const take = (storage: number, size: number): void => {
    live += size - (taken[storage] ?? 0);
    taken[storage] = size;
    peak = Math.max(peak, live);
  };
  for (const { bytes, events } of [load, first, ...steps])
    for (const event of events)
      if (event >= 0 && event < storages) take(event, allocated(bytes[event] ?? 0));
      else take(event < 0 ? ~event : event - storages, 0);
  return peak;
};
