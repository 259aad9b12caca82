import type { AllocatorRun, Part } from "#calc/allocator/run.ts";
import { allocated } from "#calc/base/allocation.ts";

/** What storages take along a part, each rounded up to blocks: the most, and at the end. `alive`: those alive before it, and after it from then on. */
const along = (alive: Map<number, number>, { bytes, events }: Part): Readonly<{ peak: number; end: number }> => {
  let live = [...alive.values()].reduce((sum, each) => sum + each, 0);
  let peak = live;
  for (const event of events) {
    const storage = event < 0 ? ~event : event;
    if (event < 0) live -= alive.get(storage) ?? Number.NaN;
    const size = allocated(bytes[storage] ?? Number.NaN);
    if (event < 0) alive.delete(storage);
    else alive.set(storage, size);
    if (event >= 0) live += size;
    peak = Math.max(peak, live);
  }
  return { peak, end: live };
};

/**
 * Bytes of the storages of a run: after loading, after its first step, and of the steps after it, in turn: the most of each, and at the end of the last. NaN
 * where one is freed that is not there.
 */
export const liveBytes = ({
  load,
  first,
  steps,
}: AllocatorRun): Readonly<{ loaded: number; afterFirst: number; peaks: readonly number[]; afterLast: number }> => {
  const alive = new Map<number, number>();
  const loaded = along(alive, load).end;
  const afterFirst = along(alive, first).end;
  const after = steps.map((step) => along(alive, step));
  return { loaded, afterFirst, peaks: after.map(({ peak }) => peak), afterLast: after.at(-1)?.end ?? Number.NaN };
};
